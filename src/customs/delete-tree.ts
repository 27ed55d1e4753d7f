import {
  type BigIntStats,
  chmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import {
  at,
  closeFolder,
  errorCode,
  type Folder,
  listNames,
  type Name,
  openFolder,
  openRoot,
  withFolder,
} from './folder.ts';
import { temporaryName } from './place-file.ts';
import { storageProblem } from './storage-problem.ts';

export interface DeleteInputs {
  /** A folder of ours that the tree lies in; nothing outside of it is touched. */
  readonly within: string;
  /** The tree, `/`-separated, below `within`. */
  readonly relative: string;
  /** What was made later than this is made while we delete. */
  readonly startedMs?: number;
}
export interface DeleteReport {
  readonly files: number;
  readonly folders: number;
}

interface Heap {
  readonly folder: Folder;
  /** Names of folders in the heap that are not emptied yet. */
  readonly waiting: string[];
  next: number;
  files: number;
  folders: number;
  stuck: number;
  readonly startedMs: number;
  /** Files and folders that were not there when the deletion began. */
  fresh: number;
}

const batch = 1000;
/** More than a build makes in the time that it takes to delete what it works on. */
const mostFresh = 10_000;

/**
 * Deletes whatever a hostile build can have made: folders without rights, any depth, any name, set-id files. No link
 * is followed. The tree first leaves its place in one step; then every folder inside is moved up beside it before it
 * is emptied, so that neither the length of a path nor the number of open files grows with the depth.
 * A tree that is not there is deleted already; one in which a box goes on making files is given up: it has no end.
 */
export async function deleteTree(inputs: DeleteInputs): Promise<Result<DeleteReport>> {
  const names = inputs.relative.split('/');
  const name = names.pop() as string;
  if (name === '' || name === '..' || names.includes('..')) {
    throw new Error(`not a path below ${printable(inputs.within)}: ${printable(inputs.relative)}`);
  }
  let root: Folder | null = null;
  let parent: Folder | null = null;
  try {
    root = openRoot(inputs.within);
    parent = withFolder(root, names, (folder) => openFolder(folder, '.'));
    return await deleteIn(parent, name, join(inputs.within, ...names), inputs.startedMs ?? Date.now());
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return success({ files: 0, folders: 0 });
    return failure(storageProblem(error, 'delete', join(inputs.within, inputs.relative)));
  } finally {
    if (parent !== null) closeFolder(parent);
    if (root !== null) closeFolder(root);
  }
}

async function deleteIn(parent: Folder, name: string, shown: string, startedMs: number): Promise<Result<DeleteReport>> {
  const stat = lstatSync(at(parent, name));
  if (!stat.isDirectory()) {
    unlinkSync(at(parent, name));
    return success({ files: 1, folders: 0 });
  }
  const heapName = temporaryName();
  mkdirSync(at(parent, heapName), 0o700);
  const counts = { next: 0, files: 0, folders: 0, stuck: 0, fresh: 0 };
  const heap: Heap = { folder: openFolder(parent, heapName), waiting: [], startedMs, ...counts };
  try {
    const moved = moveUp(heap, parent, name);
    while (heap.waiting.length > 0 && !isWrittenStill(heap)) await empty(heap, heap.waiting.pop() as string);
    if (isWrittenStill(heap)) return failure(writtenStill(join(shown, heapName)));
    if (heap.stuck === 0 && moved) {
      rmdirSync(at(parent, heapName));
      return success({ files: heap.files, folders: heap.folders });
    }
    return failure({
      code: 'storage',
      what: `${heap.stuck} files or folders could not be deleted`,
      where: { file: join(shown, moved ? heapName : name) },
      why: 'they belong to another user, are protected, or are mount points',
      fix: `Delete ${printable(join(shown, moved ? heapName : name))} as their owner or as root.`,
    });
  } finally {
    closeFolder(heap.folder);
    if (heap.stuck > 0) tryTo(() => rmdirSync(at(parent, heapName)));
  }
}

function isWrittenStill({ fresh }: Heap): boolean {
  return fresh > mostFresh;
}

function writtenStill(heap: string) {
  return {
    code: 'storage',
    what: 'a box goes on writing into what is to be deleted',
    where: { file: heap },
    why: `more than ${mostFresh} files were made there since the deletion began`,
    fix: 'Stop the command that runs the box. What is left is deleted by the next one.',
  } as const;
}

/** Empties one folder of the heap and removes it. */
async function empty(heap: Heap, name: string): Promise<void> {
  const folder = openFolder(heap.folder, name);
  try {
    if (!openUp(folder, fstatSync(folder.descriptor, { bigint: true }))) {
      heap.stuck += 1;
      return;
    }
    for (let stuckHere = 0; !isWrittenStill(heap); ) {
      await setImmediate();
      const names = listNames(folder, batch + stuckHere);
      const stuckBefore = heap.stuck;
      for (const entry of names) remove(heap, folder, entry);
      stuckHere = heap.stuck - stuckBefore;
      if (stuckHere === names.length) break;
      heap.stuck = stuckBefore;
    }
  } finally {
    closeFolder(folder);
  }
  if (tryTo(() => rmdirSync(at(heap.folder, name)))) heap.folders += 1;
}

function remove(heap: Heap, folder: Folder, entry: Buffer): void {
  const path = at(folder, entry);
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return;
  // A clock that was wrong for a while is no sign of a box.
  if (stat.birthtimeMs > heap.startedMs && stat.birthtimeMs <= Date.now()) heap.fresh += 1;
  if (stat.isDirectory()) {
    moveUp(heap, folder, entry);
    return;
  }
  if (tryTo(() => unlinkSync(path))) heap.files += 1;
  else heap.stuck += 1;
}

/** A folder can be moved elsewhere only by who may write it, hence the second try. */
function moveUp(heap: Heap, from: Folder, name: Name): boolean {
  const to = String(heap.next++);
  const move = () => renameSync(at(from, name), at(heap.folder, to));
  if (tryTo(move) || (makeWritable(from, name) && tryTo(move))) {
    heap.waiting.push(to);
    return true;
  }
  heap.stuck += 1;
  return false;
}

function makeWritable(parent: Folder, name: Name): boolean {
  return tryTo(() => {
    const folder = openFolder(parent, name);
    try {
      chmodSync(folder.path, 0o700);
    } finally {
      closeFolder(folder);
    }
  });
}

function openUp(folder: Folder, stat: BigIntStats): boolean {
  if ((Number(stat.mode) & 0o700) === 0o700) return true;
  return tryTo(() => chmodSync(folder.path, 0o700));
}

function tryTo(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (errorCode(error) === 'unknown') throw error;
    return false;
  }
}
