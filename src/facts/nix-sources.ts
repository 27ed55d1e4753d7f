import sources from '../../images/nix/sources.json' with { type: 'json' };
import { readNarHash } from '../lock/nar-hash.ts';
import type { NixFetch } from './facts.ts';

/** The longest part of a text that is looked at behind `fetchTarball`. */
const mostFetchText = 600;

/** `builtins.fetchTarball { url = "…"; sha256 = "…"; }`, both in words and not put together: what can be got beforehand. */
export function fetchesOfText(text: string): readonly NixFetch[] {
  return [...text.matchAll(/\bfetchTarball\s{0,20}\{/g)].flatMap((found) => {
    const from = (found.index ?? 0) + found[0].length;
    const body = text.slice(from, from + mostFetchText).split('}')[0] ?? '';
    const word = (name: string) =>
      new RegExp(`\\b${name}\\s{0,20}=\\s{0,20}"([^"\\\\$\\s]{1,512})"\\s{0,20};`).exec(body)?.[1];
    const fetch = toFetch(word('url'), word('sha256'), word('name'));
    return fetch === null ? [] : [fetch];
  });
}

/** What a `sources.json` of npins or niv names; nothing of a file that is another one. */
export function fetchesOfJson(text: string): readonly NixFetch[] {
  const parsed = parse(text);
  // npins: `{ pins: { NAME: { url, hash } } }`, niv: `{ NAME: { url, sha256 } }`, which calls what it fetches `NAME-src`.
  const pins = record(parsed.pins);
  return [
    ...Object.values(pins).map((pin) => toFetch(record(pin).url, record(pin).hash, undefined)),
    ...Object.entries(parsed).map(([name, pin]) => toFetch(record(pin).url, record(pin).sha256, `${name}-src`)),
  ].filter((fetch) => fetch !== null);
}

/** An input of a flake that can be got by its sum. */
export interface FlakeInput extends NixFetch {
  /** Its name among the nodes of flake.lock. */
  readonly node: string;
}

/** What `flake.lock` pins, by node; inputs of another kind than archives are left out. `null`: it is no such file. */
export function inputsOfFlakeLock(text: string): readonly FlakeInput[] | null {
  const { nodes, version } = parse(text);
  if (version !== 7 || typeof nodes !== 'object') return null;
  return Object.entries(record(nodes)).flatMap(([node, entry]) => {
    const { type, owner, repo, rev, url, narHash } = record(record(entry).locked);
    const isPlain = [owner, repo, rev].every(
      (word) => typeof word === 'string' && /^[A-Za-z0-9._-]{1,100}$/.test(word),
    );
    const archive = sources.github
      .replace('{owner}', `${owner}`)
      .replace('{repo}', `${repo}`)
      .replace('{rev}', `${rev}`);
    const from = type === 'github' && isPlain ? archive : type === 'tarball' ? url : undefined;
    const fetch = toFetch(from, narHash, undefined);
    return fetch === null || !/^[A-Za-z0-9._-]{1,100}$/.test(node) ? [] : [{ node, ...fetch }];
  });
}

/** Only what has an honest name, an address and a sum. A `file:` is never read for a project, but may be there already. */
function toFetch(url: unknown, sum: unknown, name: unknown): NixFetch | null {
  const narHash = typeof sum === 'string' ? readNarHash(sum) : null;
  if (narHash === null || typeof url !== 'string' || !/^(?:https?|file):\/\/[!-~]{1,500}$/.test(url)) return null;
  if (/["'\\]/.test(url)) return null;
  const isNamed = typeof name === 'string' && /^[A-Za-z0-9_][A-Za-z0-9+._?=-]{0,100}$/.test(name);
  return { name: isNamed ? name : 'source', url, narHash };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(text));
  } catch {
    return {};
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
