import { emptyTable, isTable, stringAt, tableAt, valueAt } from '../toml/read-table.ts';
import type { TomlTable } from './facts.ts';

/** A dependency of a manifest that is named by path. */
export interface PathReference {
  readonly name: string;
  readonly path: string;
  /** Whose folder the path is relative to: the manifest's own, or its workspace root's by `workspace = true`. */
  readonly base: 'own' | 'workspace';
  readonly kind: 'normal' | 'dev' | 'patch';
  readonly optional: boolean;
}

const kinds = [
  ['dependencies', 'normal'],
  ['build-dependencies', 'normal'],
  ['build_dependencies', 'normal'],
  ['dev-dependencies', 'dev'],
  ['dev_dependencies', 'dev'],
] as const;

/** All path dependencies of a package, of every target; inherited ones are looked up in its workspace root. */
export function pathDependencies(manifest: TomlTable, workspaceRoot: TomlTable | null): readonly PathReference[] {
  const inherited = tableAt(workspaceRoot ?? emptyTable, 'workspace', 'dependencies');
  const tables = [manifest, ...Object.values(tableAt(manifest, 'target')).filter(isTable)];
  return tables.flatMap((table) =>
    kinds.flatMap(([key, kind]) =>
      Object.entries(tableAt(table, key)).flatMap(([name, value]): readonly PathReference[] => {
        if (!isTable(value)) return [];
        const fromWorkspace = valueAt(value, 'workspace') === true;
        const source = fromWorkspace ? tableAt(inherited, name) : value;
        const path = pathOf(source);
        if (path === null) return [];
        const optional = valueAt(value, 'optional') === true;
        return [{ name, path, base: fromWorkspace ? 'workspace' : 'own', kind, optional }];
      }),
    ),
  );
}

/** `[patch]` and `[replace]` of a workspace root, or `[patch]` of a cargo configuration. */
export function pathPatches(manifest: TomlTable): readonly PathReference[] {
  const tables = [...Object.values(tableAt(manifest, 'patch')), tableAt(manifest, 'replace')].filter(isTable);
  return tables.flatMap((table) =>
    Object.entries(table).flatMap(([name, value]): readonly PathReference[] => {
      const path = isTable(value) ? pathOf(value) : null;
      return path === null ? [] : [{ name, path, base: 'own', kind: 'patch', optional: false }];
    }),
  );
}

/** `base` counts from a folder of the (unstable) `path-bases`: cargo alone knows it. */
function pathOf(dependency: TomlTable): string | null {
  return valueAt(dependency, 'base') === undefined ? stringAt(dependency, 'path') : null;
}
