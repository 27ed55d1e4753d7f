import type { CargoConfigFacts, TomlTable } from '../facts/facts.ts';
import { isTable, stringAt, tableAt, valueAt } from '../toml/read-table.ts';

/** Where a source's crates really come from, after cargo's source replacement. */
export type SourceEnd =
  /** A registry or git repository. */
  | { readonly kind: 'remote'; readonly last: ChainLink | null }
  /** A folder of the project with unpacked crates: cargo reads it as it is. */
  | { readonly kind: 'directory'; readonly path: string; readonly last: ChainLink }
  /** A folder of the project with archives and an index. */
  | { readonly kind: 'local-registry'; readonly path: string; readonly last: ChainLink }
  | { readonly kind: 'broken'; readonly why: string };

/** A name of a source and whose file says what it is. */
export interface ChainLink {
  readonly name: string;
  readonly definedBy: 'project' | 'user';
  /** Its own location as configured, `null` for cargo's built-in one. */
  readonly location: string | null;
}

export const builtInRegistry = 'crates-io';
const maximumSteps = 16;

/**
 * Follows `replace-with` from a source to its end, as cargo does: the nearest file's `[source]` tables win over the
 * user's, and the name of a `[registries]` entry ends the chain.
 */
export function followSource(name: string | null, config: CargoConfigFacts): SourceEnd {
  if (name === null) return { kind: 'remote', last: null };
  let current = name;
  for (let step = 0; step < maximumSteps; step++) {
    const link = linkOf(current, config);
    const replacement = sourceString(current, 'replace-with', config);
    if (replacement !== null) {
      current = replacement;
      continue;
    }
    for (const kind of ['directory', 'local-registry'] as const) {
      const path = sourceString(current, kind, config);
      if (path !== null && link !== null) return { kind, path, last: link };
    }
    if (link === null && current !== builtInRegistry) return { kind: 'broken', why: `no source is named ${current}` };
    return { kind: 'remote', last: link };
  }
  return { kind: 'broken', why: 'the replacements of sources lead in a circle' };
}

/** The configured name of the source at a URL, as cargo looks for it: in `[source]` only. */
export function sourceNamed(url: string, kind: 'registry' | 'git', config: CargoConfigFacts): string | null {
  for (const tables of [tableAt(config.project, 'source'), tableAt(config.user, 'source')]) {
    for (const [name, table] of Object.entries(tables)) {
      if (!isTable(table)) continue;
      const location = stringAt(table, kind);
      if (location !== null && sameUrl(location, url)) return name;
    }
  }
  return null;
}

/** Cargo takes URLs that differ in a final slash or `.git` for the same. */
export function sameUrl(left: string, right: string): boolean {
  return plainUrl(left) === plainUrl(right);
}

function plainUrl(url: string): string {
  let end = url.length;
  // Not by a pattern: it would look at each of a million slashes from each of them.
  while (url[end - 1] === '/') end -= 1;
  return url
    .slice(0, end)
    .replace(/^registry\+/, '')
    .replace(/\.git$/, '');
}

function linkOf(name: string, config: CargoConfigFacts): ChainLink | null {
  const source = (table: TomlTable) => valueAt(table, 'source', name) !== undefined;
  const registry = (table: TomlTable) => valueAt(table, 'registries', name) !== undefined;
  const has = (test: (table: TomlTable) => boolean) =>
    test(config.project) ? ('project' as const) : test(config.user) ? ('user' as const) : null;
  const definedBy = has(source) ?? has(registry);
  if (definedBy === null) return null;
  return { name, definedBy, location: sourceLocation(name, config) };
}

/** The address of a source or registry as configured, by its name. */
export function sourceLocation(name: string, config: CargoConfigFacts): string | null {
  return (
    sourceString(name, 'registry', config) ??
    stringAt(config.project, 'registries', name, 'index') ??
    stringAt(config.user, 'registries', name, 'index')
  );
}

function sourceString(name: string, key: string, config: CargoConfigFacts): string | null {
  return stringAt(config.project, 'source', name, key) ?? stringAt(config.user, 'source', name, key);
}
