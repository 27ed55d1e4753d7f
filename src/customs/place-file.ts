import { randomBytes } from 'node:crypto';
import {
  type BigIntStats,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { at, errorCode, type Folder, listNames, type Name } from './folder.ts';

/** How a file is put into a folder. */
export interface Placement {
  readonly folder: Folder;
  readonly name: Name;
  /** Permission bits; the caller's umask applies unless `exactMode` is given. */
  readonly mode: number;
  readonly exactMode?: true;
  readonly mtimeMs?: number;
  /** Owner of the file that is replaced; otherwise root gives what it makes to the folder's owner. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

const leftover = /^\.cargo-boxed-([0-9]+)-[0-9a-f]{12}$/;
const blockBytes = 1024 * 1024;

/** A name that nobody else uses, which tells who made it. */
export function temporaryName(): string {
  return `.cargo-boxed-${process.pid}-${randomBytes(6).toString('hex')}`;
}

/** Whether a name is a temporary one whose maker has ended. */
export function isLeftover(name: string): boolean {
  const owner = leftover.exec(name)?.[1];
  if (owner === undefined || Number(owner) === process.pid) return false;
  try {
    process.kill(Number(owner), 0);
    return false;
  } catch (error) {
    return errorCode(error) === 'ESRCH';
  }
}

/** Removes temporary files that a killed run left in a folder. */
export function removeLeftovers(folder: Folder): void {
  for (const name of listNames(folder, 10_000)) {
    if (!isLeftover(name.toString('latin1'))) continue;
    try {
      unlinkSync(at(folder, name));
    } catch {
      // A folder of this name belongs to a deletion: `prune` takes it.
    }
  }
}

/** Writes a whole file in one step: a reader sees the old bytes or the new ones. Throws the system's error. */
export function placeBytes(bytes: Uint8Array, placement: Placement): void {
  const temporary = temporaryName();
  const path = at(placement.folder, temporary);
  const descriptor = openSync(path, creating, placement.mode & 0o777);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    finish(descriptor, placement);
    fsyncSync(descriptor);
    renameSync(path, at(placement.folder, placement.name));
  } catch (error) {
    discard(path);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Copies an opened regular file in one step, sharing its blocks where the file system can. Never a hard link: the
 * box could change the copy later. No more than the size in `stat` is copied.
 */
export async function placeCopy(source: number, stat: BigIntStats, placement: Placement): Promise<void> {
  const path = at(placement.folder, temporaryName());
  const shared = shareBlocks(source, stat, path);
  const descriptor = shared
    ? openSync(path, constants.O_RDWR | constants.O_NOFOLLOW)
    : openSync(path, creating, placement.mode & 0o777);
  try {
    if (shared) fchmodSync(descriptor, placement.mode & 0o777 & ~process.umask());
    else await copyBlocks(source, descriptor, Number(stat.size));
    finish(descriptor, placement);
    renameSync(path, at(placement.folder, placement.name));
  } catch (error) {
    discard(path);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Gives what root makes in a folder to the folder's owner, so that nothing of root's is left in a user's project. */
export function handOver(made: Folder, parent: Folder): void {
  if (process.geteuid?.() !== 0) return;
  const owner = statSync(parent.path);
  chownSync(made.path, owner.uid, owner.gid);
}

const creating = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

function finish(descriptor: number, placement: Placement): void {
  if (process.geteuid?.() === 0) {
    const owner = placement.owner ?? statSync(placement.folder.path);
    fchownSync(descriptor, owner.uid, owner.gid);
  }
  if (placement.exactMode) fchmodSync(descriptor, placement.mode & 0o777);
  if (placement.mtimeMs !== undefined) futimesSync(descriptor, placement.mtimeMs / 1000, placement.mtimeMs / 1000);
}

/** Set-id and world-writable sources go the slow way: a clone carries their mode until it is changed. */
function shareBlocks(source: number, stat: BigIntStats, path: string | Buffer): boolean {
  if ((Number(stat.mode) & 0o7022) !== 0 || (Number(stat.mode) & 0o600) !== 0o600) return false;
  if (stat.size === 0n || fstatSync(source).size !== Number(stat.size)) return false;
  try {
    copyFileSync(`/proc/self/fd/${source}`, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  }
}

async function copyBlocks(source: number, destination: number, size: number): Promise<void> {
  const block = Buffer.allocUnsafe(Math.max(1, Math.min(size, blockBytes)));
  let done = 0;
  while (done < size) {
    const count = readSync(source, block, 0, Math.min(block.length, size - done), done);
    if (count === 0) break;
    for (let written = 0; written < count; ) written += writeSync(destination, block, written, count - written);
    done += count;
    // A signal must be handled while a large file is copied.
    if (done % (16 * blockBytes) === 0) await setImmediate();
  }
}

function discard(path: string | Buffer): void {
  try {
    unlinkSync(path);
  } catch {
    // It was renamed already, or was never made.
  }
}
