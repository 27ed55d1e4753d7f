import { type BigIntStats, lstatSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { contentStamp } from './describe-file.ts';
import {
  at,
  closeFolder,
  ensureFolder,
  errorCode,
  type Folder,
  listNames,
  openFolder,
  openRoot,
  withFolder,
} from './folder.ts';
import { handOver, placeBytes, removeLeftovers } from './place-file.ts';
import { readBounded } from './read-bounded.ts';
import { storageProblem } from './storage-problem.ts';

/** The folders of an export in the project, opened one by one without following a link, made when first needed. */
export interface ExportFolders {
  /** `false`: the folder was there before, with something in it, and no export has marked it. */
  readonly isOurs: boolean;
  /** What stands at a place now; `null` when nothing does. */
  lookUp(names: readonly string[], name: string): BigIntStats | null;
  /** The folder for writing. Throws the system's error: ENOTDIR where a link or a file is in the way. */
  open(names: readonly string[]): Folder;
  /** Removes a file that still is what was written, and folders that are empty then. */
  remove(place: readonly string[], written: string): boolean;
  close(): void;
}

/** A `target` or `target/boxed` that is a link is refused here, before anything is written. */
export function openExportFolders(projectRoot: string, relative: string): Result<ExportFolders> {
  const steps = relative.split('/');
  const chain: Folder[] = [];
  const closeAll = () => {
    for (const folder of chain.splice(0)) closeFolder(folder);
  };
  let shown = projectRoot;
  try {
    chain.push(openRoot(projectRoot));
    for (const name of steps) {
      shown = join(shown, name);
      const next = openExisting(last(chain), name);
      if (next === null) break;
      chain.push(next);
    }
  } catch (error) {
    closeAll();
    return failure(storageProblem(error, 'use', shown));
  }
  const isOurs = chain.length <= steps.length || isMarked(last(chain));
  return success(exportFolders(chain, steps, isOurs, closeAll));
}

/** What an export puts into its folder, or that nothing is in there yet. */
function isMarked(folder: Folder): boolean {
  const ignored = readBounded(folder, '.gitignore', mark.length);
  return typeof ignored === 'string' ? listNames(folder, 1).length === 0 : ignored.equals(mark);
}

const mark = Buffer.from('*\n');

/** Folders that are not made yet are made by the first write. */
function exportFolders(
  chain: Folder[],
  steps: readonly string[],
  isOurs: boolean,
  closeAll: () => void,
): ExportFolders {
  const cleaned = new Set<string>();
  let current: { readonly key: string; readonly folder: Folder | null } | null = null;
  const base = () => (chain.length > steps.length ? last(chain) : null);
  const forget = () => {
    if (current?.folder) closeFolder(current.folder);
    current = null;
  };
  const find = (names: readonly string[]): Folder | null => {
    const key = names.join('/');
    if (current?.key === key) return current.folder;
    forget();
    const root = base();
    const folder = root === null ? null : descend(root, names, openExisting);
    current = { key, folder };
    return folder;
  };
  const make = (names: readonly string[]): Folder => {
    const key = names.join('/');
    forget();
    for (const name of steps.slice(chain.length - 1)) chain.push(makeFolder(last(chain), name));
    if (isOurs && !cleaned.has('')) ignoreInGit(last(chain));
    cleaned.add('');
    const folder = descend(last(chain), names, makeFolder) as Folder;
    current = { key, folder };
    return folder;
  };
  return {
    isOurs,
    lookUp: (names, name) => {
      const folder = find(names);
      return folder === null ? null : (lstatSync(at(folder, name), { bigint: true, throwIfNoEntry: false }) ?? null);
    },
    open: (names) => {
      const folder = find(names) ?? make(names);
      if (!cleaned.has(names.join('/'))) removeLeftovers(folder);
      cleaned.add(names.join('/'));
      return folder;
    },
    remove: (place, written) => {
      forget();
      const root = base();
      return root !== null && removeFile(root, place, written);
    },
    close: () => {
      forget();
      closeAll();
    },
  };
}

/** `null` when a step gives `null`; the result is always a handle of its own. */
function descend(
  root: Folder,
  names: readonly string[],
  step: (parent: Folder, name: string) => Folder | null,
): Folder | null {
  let folder = openFolder(root, '.');
  for (const name of names) {
    try {
      const next = step(folder, name);
      closeFolder(folder);
      if (next === null) return null;
      folder = next;
    } catch (error) {
      closeFolder(folder);
      throw error;
    }
  }
  return folder;
}

function openExisting(parent: Folder, name: string): Folder | null {
  try {
    return openFolder(parent, name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function makeFolder(parent: Folder, name: string): Folder {
  return ensureFolder(parent, name, (made) => handOver(made, parent));
}

/** A project need not ignore its `target`: what we bring must never be committed by accident. */
function ignoreInGit(folder: Folder): void {
  if (lstatSync(at(folder, '.gitignore'), { throwIfNoEntry: false }) !== undefined) return;
  placeBytes(mark, { folder, name: '.gitignore', mode: 0o644 });
}

function removeFile(root: Folder, place: readonly string[], written: string): boolean {
  try {
    const names = place.slice(0, -1);
    const name = place.at(-1) as string;
    const removed = withFolder(root, names, (folder) => {
      const stat = lstatSync(at(folder, name), { bigint: true, throwIfNoEntry: false });
      if (stat === undefined || !stat.isFile() || contentStamp(stat) !== written) return false;
      unlinkSync(at(folder, name));
      return true;
    });
    if (removed) removeEmptyFolders(root, names);
    return removed;
  } catch {
    // A link of the user's is on the way: it is left alone.
    return false;
  }
}

function removeEmptyFolders(root: Folder, names: readonly string[]): void {
  try {
    for (let depth = names.length; depth > 0; depth -= 1) {
      withFolder(root, names.slice(0, depth - 1), (parent) => rmdirSync(at(parent, names[depth - 1] as string)));
    }
  } catch {
    // The folder still holds something.
  }
}

function last(chain: readonly Folder[]): Folder {
  return chain[chain.length - 1] as Folder;
}
