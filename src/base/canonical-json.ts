export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The same bytes for equal values: keys sorted, no white space unless an indent is given, one final newline with it. */
export function canonicalJson(value: unknown, indent = 0): string {
  const text = JSON.stringify(sorted(value), null, indent);
  return indent > 0 ? `${text}\n` : text;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return Object.fromEntries(entries.map(([key, held]) => [key, sorted(held)]));
}
