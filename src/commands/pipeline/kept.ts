import { lstatSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { folderNames } from '../../host/folder-names.ts';
import { cacheFolders, type Locations } from '../../host/locations.ts';
import { readTargetNote } from './target-note.ts';

/** One thing that is kept in the cache and can be deleted by itself. */
export interface Kept {
  readonly kind:
    | 'root'
    | 'target'
    | 'view'
    | 'devcontainer'
    | 'walls'
    | 'variations'
    | 'crates'
    | 'packages'
    | 'nix'
    | 'fetch';
  /** Below the cache folder. */
  readonly path: string;
  readonly name: string;
  /** Of a target: the project it belongs to, and whether that is still there. */
  readonly project: { readonly path: string; readonly exists: boolean } | null;
  readonly usedMs: number;
}

/** Everything in the cache, sorted by kind and name. */
export function listKept({ cache }: Locations): readonly Kept[] {
  const entries = (folder: string) => folderNames(join(cache, folder)).filter((name) => !name.startsWith('.'));
  const plain = (kind: Kept['kind'], folder: string) =>
    entries(folder).map((name) => keptAt(cache, kind, join(folder, name), name, null));
  const whole = (kind: Kept['kind'], folder: string) =>
    isThere(join(cache, folder)) ? [keptAt(cache, kind, folder, folder, null)] : [];
  return [
    ...plain('root', cacheFolders.roots),
    ...entries(cacheFolders.targets).map((key) => targetOf(cache, key)),
    ...plain('view', cacheFolders.views),
    ...plain('devcontainer', cacheFolders.devcontainers),
    ...plain('walls', cacheFolders.walls),
    ...plain('variations', cacheFolders.variations),
    ...whole('crates', cacheFolders.store),
    ...whole('crates', cacheFolders.storeNames),
    ...whole('packages', cacheFolders.debs),
    ...whole('packages', cacheFolders.contents),
    ...whole('packages', cacheFolders.apt),
    ...whole('nix', cacheFolders.nix),
    ...whole('fetch', cacheFolders.fetchHome),
  ];
}

function targetOf(cache: string, key: string): Kept {
  const path = join(cacheFolders.targets, key);
  const project = readTargetNote(join(cache, path));
  const known = project === null ? null : { path: project, exists: isThere(project) };
  return keptAt(cache, 'target', path, key, known);
}

function keptAt(cache: string, kind: Kept['kind'], path: string, name: string, project: Kept['project']): Kept {
  const used = statSync(usedMark(join(cache, path)), { throwIfNoEntry: false });
  const itself = statSync(join(cache, path), { throwIfNoEntry: false });
  return { kind, path, name, project, usedMs: used?.mtimeMs ?? itself?.ctimeMs ?? 0 };
}

/** Remembers that something in the cache was used now: its own times are those of what is in it. */
export function markUsed(path: string): void {
  try {
    writeFileSync(usedMark(path), '');
  } catch {
    // A cache that cannot be written is said where it matters.
  }
}

function usedMark(path: string): string {
  return join(dirname(path), `.used-${basename(path)}`);
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
