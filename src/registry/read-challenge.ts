/** What a registry wants before it answers (RFC 9110, 11.6.1; token authentication of the distribution project). */
export type Challenge =
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly realm: string; readonly service: string | null; readonly scope: string | null };

/** Reads `WWW-Authenticate`; `null`: none that we can answer. */
export function readChallenge(header: string): Challenge | null {
  if (header.length > 4096) return null;
  const words = /^\s*(basic|bearer)\b(.*)$/is.exec(header);
  if (words === null) return null;
  if (words[1]?.toLowerCase() === 'basic') return { kind: 'basic' };
  const given = new Map<string, string>();
  for (const [, name, quoted, bare] of (words[2] ?? '').matchAll(/([a-z]+)=(?:"([^"]*)"|([^\s",]+))/gi))
    given.set(name?.toLowerCase() ?? '', quoted ?? bare ?? '');
  const realm = given.get('realm');
  if (realm === undefined) return null;
  return { kind: 'bearer', realm, service: given.get('service') ?? null, scope: given.get('scope') ?? null };
}
