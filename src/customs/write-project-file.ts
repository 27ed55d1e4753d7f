import { accessSync, constants, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import { kindOf } from './describe-file.ts';
import { at, closeFolder, ensureFolder, errorCode, type Folder, openRoot, withFolder } from './folder.ts';
import { handOver, placeBytes, removeLeftovers } from './place-file.ts';
import { storageProblem } from './storage-problem.ts';

export interface ProjectFile {
  /** The project's folder, a real path. */
  readonly root: string;
  /** Below it, `/`-separated; its folder must exist. */
  readonly relative: string;
  readonly content: string | Uint8Array;
}

/**
 * Writes one of our few files into the project (Cargo.lock, cargo-boxed.lock, a manifest), in one step. No link is
 * followed, whatever the project committed in its place; mode and owner of a file that was there are kept.
 */
export function writeProjectFile(file: ProjectFile): Result<'written'> {
  const shown = join(file.root, file.relative);
  const names = file.relative.split('/').filter((name) => name !== '' && name !== '.');
  const name = names.pop();
  if (name === undefined || name === '..' || names.includes('..')) {
    throw new Error(`not a path below the project: ${printable(file.relative)}`);
  }
  let root: Folder | null = null;
  try {
    root = openRoot(file.root);
    return withFolder(root, names, (folder) => replace(folder, name, file.content, shown));
  } catch (error) {
    return failure(storageProblem(error, 'write', shown));
  } finally {
    if (root !== null) closeFolder(root);
  }
}

/** Makes a folder of the project, and those that it lies in; what is a link or a file in the place of one is a problem. */
export function makeProjectFolder(root: string, relative: string): Result<'there'> {
  let held: Folder | null = null;
  try {
    held = openRoot(root);
    for (const name of relative.split('/')) {
      const parent: Folder = held;
      held = null;
      try {
        held = ensureFolder(parent, name, (made) => handOver(made, parent));
      } finally {
        closeFolder(parent);
      }
    }
    return success('there');
  } catch (error) {
    return failure(storageProblem(error, 'make', join(root, relative)));
  } finally {
    if (held !== null) closeFolder(held);
  }
}

function replace(folder: Folder, name: string, content: string | Uint8Array, shown: string): Result<'written'> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const path = at(folder, name);
  const before = lstatSync(path, { throwIfNoEntry: false });
  removeLeftovers(folder);
  if (before === undefined) {
    placeBytes(bytes, { folder, name, mode: 0o666 });
    return success('written');
  }
  if (!before.isFile()) {
    return failure({
      code: 'path',
      what: `${printable(shown)} cannot be written`,
      where: { file: shown },
      why: `it is ${kindOf(before)}, and only a regular file is replaced`,
      fix: 'Replace it with a regular file, or remove it.',
    });
  }
  refuseReadOnly(path);
  placeBytes(bytes, { folder, name, mode: before.mode, exactMode: true, owner: { uid: before.uid, gid: before.gid } });
  return success('written');
}

/** A rename would overwrite a file that its owner made read-only; cargo, which writes in place, would not. */
function refuseReadOnly(path: string | Buffer): void {
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
