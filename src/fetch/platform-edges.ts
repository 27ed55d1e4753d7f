import type { TomlTable } from '../facts/facts.ts';
import { emptyTable, isTable, stringAt, tableAt, valueAt } from '../toml/read-table.ts';
import { targetMatches } from './target-cfg.ts';

/** Names of packages that a package only depends on for some targets, with the keys of those (`cfg(windows)`). */
export type PlatformEdges = Readonly<Record<string, readonly string[]>>;

const kinds = ['dependencies', 'dev-dependencies', 'build-dependencies', 'dev_dependencies', 'build_dependencies'];

/**
 * The dependencies of a manifest that are all written below `[target]`. Empty when an artifact dependency may build for
 * a target of its own: then nothing can be said. `inherited`: the dependencies of its workspace.
 */
export function platformEdges(manifest: TomlTable, inherited: TomlTable = emptyTable): PlatformEdges {
  const edges: Record<string, string[]> = Object.create(null);
  for (const [key, table] of Object.entries(tableAt(manifest, 'target'))) {
    if (!isTable(table)) continue;
    for (const { name, artifact } of dependencies(table, inherited)) {
      if (artifact) return {};
      edges[name] ??= [];
      edges[name].push(key);
    }
  }
  for (const { name, artifact } of dependencies(manifest, inherited)) {
    if (artifact) return {};
    delete edges[name];
  }
  return edges;
}

function dependencies(table: TomlTable, inherited: TomlTable): readonly { name: string; artifact: boolean }[] {
  return kinds.flatMap((kind) =>
    Object.entries(tableAt(table, kind)).map(([key, value]) => {
      const source = isTable(value) && valueAt(value, 'workspace') === true ? valueAt(inherited, key) : value;
      const name = (isTable(source) ? stringAt(source, 'package') : null) ?? key;
      return { name, artifact: [value, source].some((one) => isTable(one) && valueAt(one, 'artifact') !== undefined) };
    }),
  );
}

/** Whether a dependency is there for none of the targets: only when that is sure. */
export function isForeign(keys: readonly string[] | undefined, targets: readonly string[]): boolean {
  if (keys === undefined || targets.length === 0) return false;
  return keys.every((key) => targets.every((target) => targetMatches(key, target) === 'no'));
}
