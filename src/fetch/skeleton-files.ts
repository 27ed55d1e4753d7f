import type { ManifestFacts, ProjectFacts, TomlTable } from '../facts/facts.ts';
import { isTable, stringAt, tableAt, valueAt } from '../toml/read-table.ts';
import { tomlText } from './toml-text.ts';

export interface SkeletonFile {
  /** Relative to the skeleton, which stands for the project's mounted folder. */
  readonly path: string;
  readonly text: string;
}

/** Folders of cargo's target kinds, where a target without a path is looked for. */
const targetFolders = { bin: 'src/bin', example: 'examples', test: 'tests', bench: 'benches' } as const;

/**
 * What cargo has to see of a project to resolve it and to compile what it depends on: manifests, the lock, an empty file
 * for every target that a manifest declares, and build scripts that do nothing. Nothing of the sources enters.
 */
export function skeletonFiles(project: ProjectFacts, config: TomlTable): readonly SkeletonFile[] {
  const files = new Map<string, string>();
  for (const manifest of project.manifests) {
    for (const path of targetFiles(manifest)) files.set(path, '');
    for (const path of scriptFiles(manifest)) files.set(path, 'fn main() {}\n');
  }
  for (const manifest of project.manifests) files.set(below(manifest.folder, 'Cargo.toml'), manifest.text);
  if (project.lockfile.state === 'present') files.set(below(project.workspace, 'Cargo.lock'), project.lockfile.text);
  if (Object.keys(config).length > 0) files.set(configPath(project), tomlText(config));
  return [...files].map(([path, text]) => ({ path, text })).sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** Paths in the configuration count from the folder that holds `.cargo`, so it stands where the project has it. */
export function configFolder(project: ProjectFacts): string {
  const nearest = project.cargoConfig.files[0];
  if (nearest === undefined) return project.workspace;
  return nearest.split('/').slice(0, -2).join('/');
}

function configPath(project: ProjectFacts): string {
  return below(configFolder(project), '.cargo/config.toml');
}

function targetFiles({ folder, content }: ManifestFacts): readonly string[] {
  if (!isPackage(content)) return [];
  const name = stringAt(content, 'package', 'name') ?? '';
  const paths: (string | null)[] = ['src/lib.rs', stringAt(content, 'lib', 'path')];
  for (const [kind, home] of Object.entries(targetFolders)) {
    const tables = valueAt(content, kind);
    for (const table of Array.isArray(tables) ? tables.filter(isTable) : []) {
      paths.push(stringAt(table, 'path') ?? inferred(kind, home, stringAt(table, 'name') ?? '', name));
    }
  }
  const runs = stringAt(content, 'package', 'default-run');
  if (runs !== null) paths.push(inferred('bin', targetFolders.bin, runs, name));
  return paths.flatMap((path) => innerOf(folder, path));
}

function scriptFiles({ folder, content }: ManifestFacts): readonly string[] {
  return isPackage(content) ? buildScripts(content).flatMap((path) => innerOf(folder, path)) : [];
}

function isPackage(content: TomlTable): boolean {
  return isTable(valueAt(content, 'package')) || isTable(valueAt(content, 'project'));
}

function innerOf(folder: string, path: string | null): readonly string[] {
  const held = path === null ? null : inner(folder, path);
  return held === null ? [] : [held];
}

function inferred(kind: string, home: string, target: string, packageName: string): string {
  return kind === 'bin' && target === packageName ? 'src/main.rs' : `${home}/${target}.rs`;
}

function buildScripts(content: TomlTable): readonly string[] {
  const build = valueAt(content, 'package', 'build');
  if (typeof build === 'string') return [build];
  if (Array.isArray(build)) return build.filter((item): item is string => typeof item === 'string');
  if (build === false) return [];
  // A package that links a native library must have a build script, or cargo refuses the manifest; what one needs is
  // compiled only where there is one.
  return stringAt(content, 'package', 'links') !== null || hasBuildDependencies(content) ? ['build.rs'] : [];
}

function hasBuildDependencies(content: TomlTable): boolean {
  const platforms = Object.values(tableAt(content, 'target')).filter(isTable);
  return [content, ...platforms].some((one) =>
    ['build-dependencies', 'build_dependencies'].some((key) => Object.keys(tableAt(one, key)).length > 0),
  );
}

/** A path below the skeleton, or `null` for one that leaves it: cargo only looks at such a file when it compiles. */
function inner(folder: string, path: string): string | null {
  if (path.startsWith('/') || path.includes('\0')) return null;
  // In a folder from outside, which is beside the project, nothing leads out of that folder.
  const [base, start] = folder.startsWith('../') ? [folder, ''] : ['', folder];
  const parts: string[] = [];
  for (const part of below(start, path).split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.length === 0 ? null : below(base, parts.join('/'));
}

function below(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`;
}
