/** A part of what was added to a base: what one layer brings that none before it does. */
export interface Part {
  readonly holds: string;
  /** Debian packages, sorted. */
  readonly packages: readonly string[];
}

/**
 * Shares packages out among the layers that they came with, by what dpkg's list says of their dependencies: each to the
 * first layer, by name, that needs it. What comes with none of them was named by itself. So another layer moves what it
 * brings and mostly nothing else.
 */
export function assignPackages(
  status: string,
  added: readonly string[],
  layers: readonly { readonly name: string; readonly packages: readonly string[] }[],
): readonly Part[] {
  const needs = dependenciesIn(status);
  const left = new Set(added);
  const parts = layers.map(({ name, packages }) => {
    const found: string[] = [];
    const waiting = [...packages];
    const seen = new Set<string>();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (left.delete(next)) found.push(next);
      waiting.push(...(needs.get(next) ?? []));
    }
    return { holds: `layer ${name}`, packages: found.sort() };
  });
  const rest = { holds: 'packages', packages: [...left].sort() };
  return [...parts, rest].filter(({ packages }) => packages.length > 0);
}

/** By the name of a package, or one that it provides: what it needs. Alternatives all count, versions do not. */
function dependenciesIn(status: string): ReadonlyMap<string, readonly string[]> {
  const needs = new Map<string, readonly string[]>();
  for (const stanza of status.split(/\n{2,}/)) {
    const name = namesOf(fieldOf(stanza, 'Package'))[0];
    if (name === undefined) continue;
    const needed = [...namesOf(fieldOf(stanza, 'Depends')), ...namesOf(fieldOf(stanza, 'Pre-Depends'))];
    needs.set(name, needed);
    for (const provided of namesOf(fieldOf(stanza, 'Provides'))) if (!needs.has(provided)) needs.set(provided, [name]);
  }
  return needs;
}

function fieldOf(stanza: string, name: string): string {
  const start = stanza.startsWith(`${name}: `) ? 0 : stanza.indexOf(`\n${name}: `) + 1;
  if (start === 0 && !stanza.startsWith(`${name}: `)) return '';
  const end = stanza.indexOf('\n', start);
  return stanza.slice(start + name.length + 2, end < 0 ? undefined : end);
}

function namesOf(field: string): readonly string[] {
  return [...field.matchAll(/(?:^|[,|])\s*([a-z0-9][a-z0-9+.-]*)/g)].map(([, name = '']) => name);
}
