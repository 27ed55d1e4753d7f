import type { CargoConfigFacts, TomlTable } from '../facts/facts.ts';
import { isTable, stringAt, tableAt } from '../toml/read-table.ts';
import type { LockedCrate } from './lock-packages.ts';
import { builtInRegistry, followSource, type SourceEnd, sameUrl, sourceNamed } from './source-chain.ts';

/** The crates of one registry, as Cargo.lock names it, and where they come from in truth. */
export interface RegistrySource {
  /** As the lock writes it. */
  readonly source: string;
  /** The name of its `[source]` table or of the built-in registry; `null` for one that has none. */
  readonly name: string | null;
  /** Its name in `[registries]`, by which a manifest can ask for it. */
  readonly registry: string | null;
  readonly end: SourceEnd;
  /** Folder below the crates of the view. */
  readonly folder: string;
  readonly crates: readonly LockedCrate[];
}

/** Groups the crates of a lock by their registry, in the lock's order of names. */
export function registrySources(
  crates: readonly LockedCrate[],
  config: CargoConfigFacts,
  variables: Readonly<Record<string, string>>,
): readonly RegistrySource[] {
  const groups = new Map<string, LockedCrate[]>();
  for (const crate of crates) {
    const group = groups.get(crate.source) ?? [];
    group.push(crate);
    groups.set(crate.source, group);
  }
  const builtIn = builtInSource(groups, config, variables);
  return [...groups].sort().map(([source, held], index) => {
    const name = source === builtIn ? builtInRegistry : sourceNamed(source, 'registry', config);
    const registry = registryNamed(source, config, variables);
    return { source, name, registry, end: followSource(name, config), folder: String(index), crates: held };
  });
}

/**
 * Which of a lock's sources is cargo's built-in registry. The lock writes its URL, which is cargo's to know and not
 * ours: it is the one that no configuration names. A registry that is only reached through another's index has no name
 * either; the built-in one is then the one that most crates come from.
 */
function builtInSource(
  groups: ReadonlyMap<string, readonly LockedCrate[]>,
  config: CargoConfigFacts,
  variables: Readonly<Record<string, string>>,
): string | null {
  const unnamed = [...groups].filter(
    ([source]) =>
      source.startsWith('registry+') &&
      sourceNamed(source, 'registry', config) === null &&
      registryNamed(source, config, variables) === null,
  );
  unnamed.sort(([left, some], [right, others]) => others.length - some.length || (left < right ? -1 : 1));
  return unnamed[0]?.[0] ?? null;
}

function registryNamed(
  source: string,
  config: CargoConfigFacts,
  variables: Readonly<Record<string, string>>,
): string | null {
  for (const [name, value] of Object.entries(variables)) {
    const upper = /^CARGO_REGISTRIES_(\w+)_INDEX$/.exec(name)?.[1];
    if (upper !== undefined && sameUrl(value, source)) return upper.toLowerCase().replaceAll('_', '-');
  }
  const named = (table: TomlTable) =>
    Object.entries(tableAt(table, 'registries')).find(([, value]) => {
      const index = isTable(value) ? stringAt(value, 'index') : null;
      return index !== null && sameUrl(index, source);
    })?.[0];
  return named(config.project) ?? named(config.user) ?? null;
}
