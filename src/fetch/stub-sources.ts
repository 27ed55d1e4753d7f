import { parseToml } from '../toml/parse.ts';
import { isTable, stringAt, valueAt } from '../toml/read-table.ts';

/** The source files that a crate's manifest names: cargo looks for some of them before it compiles anything. */
export function stubSources(manifest: string): readonly string[] {
  const parsed = parseToml(manifest, 'Cargo.toml');
  if (!parsed.ok) return [];
  const { value } = parsed;
  const tables = ['bin', 'example', 'test', 'bench'].flatMap((kind) => {
    const held = valueAt(value, kind);
    return Array.isArray(held) ? held.filter(isTable) : [];
  });
  const build =
    stringAt(value, 'package', 'build') ?? (stringAt(value, 'package', 'links') === null ? null : 'build.rs');
  const paths = [
    stringAt(value, 'lib', 'path') ?? 'src/lib.rs',
    build,
    ...tables.map((table) => stringAt(table, 'path')),
  ];
  return [...new Set(paths.filter((path) => path !== null))].map((path) => path.replace(/^\.\//, '')).sort();
}
