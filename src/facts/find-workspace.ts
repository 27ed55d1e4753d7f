import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { type Place, printable } from '../problem/problem.ts';
import { locateValue } from '../toml/locate-value.ts';
import { isTable, stringAt, valueAt } from '../toml/read-table.ts';
import { isWithin } from './path-within.ts';
import type { Manifest, ManifestReader } from './read-manifest.ts';

/** The nearest folder upward that has a Cargo.toml. */
export function findManifestFolder(start: string): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    if (exists(join(folder, 'Cargo.toml'))) return folder;
    if (folder === dirname(folder)) return null;
  }
}

function exists(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A loop of links or a folder that may not be entered: reading it will say so.
    return true;
  }
}

export interface WorkspaceSearch {
  readonly read: ManifestReader;
  /** How far links among the files of a folder may lead. */
  readonly boundOf: (folder: string) => string;
  /** The search upward ends here: cargo does not walk across its own home. */
  readonly cargoHome: string;
  /** The search upward does not leave this folder; `/` for the project's own workspace. */
  readonly ceiling: string;
}

/**
 * The manifest of the workspace root as cargo finds it: the package's own `[workspace]`, its `package.workspace`, else
 * the nearest parent folder that claims it. `null`: the package stands alone.
 */
export function findWorkspace(manifest: Manifest, search: WorkspaceSearch): Result<Manifest | null> {
  const own = claimedRoot(manifest, manifest.folder, search);
  if (!own.ok || own.value !== null) return own;
  let folder = manifest.folder;
  while (folder !== dirname(folder) && folder !== search.cargoHome) {
    folder = dirname(folder);
    if (!isWithin(folder, search.ceiling) || folder.endsWith('/target/package')) return success(null);
    if (!exists(join(folder, 'Cargo.toml'))) continue;
    const above = search.read(folder, search.boundOf(folder));
    if (!above.ok) return above;
    if (above.value === null) continue;
    const root = claimedRoot(above.value, manifest.folder, search);
    if (!root.ok || root.value !== null) return root;
  }
  return success(null);
}

function claimedRoot(manifest: Manifest, member: string, search: WorkspaceSearch): Result<Manifest | null> {
  if (isTable(valueAt(manifest.content, 'workspace'))) {
    return success(manifest.excludes(member) ? null : manifest);
  }
  const pointer = stringAt(manifest.content, 'package', 'workspace');
  if (pointer === null) return success(null);
  const where = () => locateValue(manifest.text, manifest.file, pointer, ['workspace']);
  const folder = resolve(manifest.folder, pointer);
  const root = search.read(folder, search.boundOf(folder), where);
  if (!root.ok) return root;
  if (root.value !== null && isTable(valueAt(root.value.content, 'workspace'))) return root;
  return failure(noWorkspace(folder, where()));
}

function noWorkspace(folder: string, where: Place) {
  return {
    code: 'manifest',
    what: 'the workspace that the package names is none',
    where,
    why: `${printable(join(folder, 'Cargo.toml'))} does not exist or has no [workspace]`,
    fix: 'Correct package.workspace.',
  } as const;
}
