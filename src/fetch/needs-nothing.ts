import type { ManifestFacts, ProjectFacts, TomlTable } from '../facts/facts.ts';
import { emptyTable, isTable, stringAt, tableAt, valueAt } from '../toml/read-table.ts';
import { isAsCargoWrites } from './as-cargo-writes.ts';
import type { LockPackages } from './lock-packages.ts';

const kinds = ['dependencies', 'dev-dependencies', 'build-dependencies', 'dev_dependencies', 'build_dependencies'];

/**
 * Whether a project surely needs nothing but itself and its lock says just that: then no box and no network is used.
 * Says no whenever it is not sure; cargo then decides.
 */
export function needsNothing(project: ProjectFacts, lock: LockPackages): boolean {
  if (lock.crates.length > 0 || lock.gitSources.length > 0) return false;
  if (project.lockfile.state === 'present' && !isAsCargoWrites(project.lockfile.text, lock.own)) return false;
  if (Object.keys(tableAt(project.cargoConfig.project, 'patch')).length > 0) return false;
  const root = project.manifests[0]?.content ?? emptyTable;
  if (isTable(valueAt(root, 'patch')) || isTable(valueAt(root, 'replace'))) return false;
  const wanted = project.manifests
    .filter((manifest) => manifest.packageName !== null)
    .map((manifest) => lockLine(manifest, root));
  const held = lock.own.map(({ name, version, dependencies }) =>
    line(
      name,
      version,
      dependencies.map((dependency) => dependency.split(' ')[0] ?? ''),
    ),
  );
  return !wanted.includes(null) && JSON.stringify([...wanted].sort()) === JSON.stringify([...held].sort());
}

/** What the lock has to say of a package; `null` when it depends on something that is not a path. */
function lockLine({ content, packageName }: ManifestFacts, root: TomlTable): string | null {
  const inheritedVersion = valueAt(content, 'package', 'version', 'workspace') === true;
  const version = inheritedVersion
    ? stringAt(root, 'workspace', 'package', 'version')
    : (stringAt(content, 'package', 'version') ?? '0.0.0');
  const tables = [content, ...Object.values(tableAt(content, 'target')).filter(isTable)];
  const names: string[] = [];
  for (const table of tables) {
    for (const [key, value] of kinds.flatMap((kind) => Object.entries(tableAt(table, kind)))) {
      const inherited = isTable(value) && valueAt(value, 'workspace') === true;
      const dependency = inherited ? valueAt(root, 'workspace', 'dependencies', key) : value;
      if (!isTable(dependency) || stringAt(dependency, 'path') === null) return null;
      names.push(stringAt(dependency, 'package') ?? key);
    }
  }
  return version === null ? null : line(packageName ?? '', version, names);
}

function line(name: string, version: string, dependencies: readonly string[]): string {
  return [name, version, ...[...new Set(dependencies)].sort()].join(' ');
}
