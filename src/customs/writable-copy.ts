import {
  type BigIntStats,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import { deleteTree } from './delete-tree.ts';
import { kindOf, sourceStamp } from './describe-file.ts';
import { at, closeFolder, ensureFolder, errorCode, type Folder, listNames, openFolder, openRoot } from './folder.ts';
import { placeCopy, temporaryName } from './place-file.ts';
import { storageProblem } from './storage-problem.ts';

export const copyLimits = {
  files: 500_000,
  bytes: 16 * 1024 ** 3,
  depth: 128,
} as const;

export interface CopyInputs {
  /** The project's folder, a real path. */
  readonly projectRoot: string;
  /** An empty folder of ours; better on the project's file system, where blocks can be shared. */
  readonly to: string;
  /** Paths below the project that stay out: `target`, hidden secrets. */
  readonly exclude: readonly string[];
  /**
   * Of a copy that is there already: the stamps of the project's files that it was made from, by path. What still has
   * its stamp stays as it is in the copy.
   */
  readonly known?: ReadonlyMap<string, string>;
  /** Who gets the copy; the caller if nobody is named. Only root can give it to another. */
  readonly owner?: FileOwner;
}
interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** A copy and what it was made from, to tell later what a command changed. Keys are paths as latin1-decoded bytes. */
export interface WritableCopy {
  readonly folder: string;
  readonly files: ReadonlyMap<string, CopiedFile>;
  readonly folders: ReadonlySet<string>;
  readonly links: ReadonlyMap<string, string>;
  readonly exclude: ReadonlySet<string>;
  /** What could not be copied, safe to print. */
  readonly skipped: readonly string[];
}
export interface CopiedFile {
  /** Stamps of the project's file and of the copy when it was made. */
  readonly original: string;
  readonly copy: string;
}

interface Work {
  readonly files: Map<string, CopiedFile>;
  readonly folders: Set<string>;
  readonly links: Map<string, string>;
  readonly exclude: ReadonlySet<string>;
  readonly known: ReadonlyMap<string, string>;
  readonly skipped: string[];
  readonly owner: FileOwner | undefined;
  bytes: number;
}

/**
 * A copy of the project for commands that write sources. Links are copied as links, so nothing from outside gets in;
 * sockets, devices and what cannot be read stay out. A `.git` folder stays out too and leaves an empty one, on which
 * the real one can be mounted read-only: cargo asks it whether there are changes.
 */
export async function makeWritableCopy(inputs: CopyInputs): Promise<Result<WritableCopy>> {
  const exclude = new Set(inputs.exclude.map((path) => Buffer.from(path).toString('latin1')));
  const known = inputs.known ?? new Map();
  const work: Work = {
    files: new Map(),
    folders: new Set(),
    links: new Map(),
    exclude,
    known,
    skipped: [],
    owner: inputs.owner,
    bytes: 0,
  };
  let source: Folder | null = null;
  let target: Folder | null = null;
  try {
    source = openRoot(inputs.projectRoot);
    target = openRoot(inputs.to);
    const tooMuch = await copyFolder(work, source, target, '', 0);
    if (tooMuch !== null) {
      return failure({
        code: 'storage',
        what: `${printable(inputs.projectRoot)} cannot be copied for a command that changes sources`,
        why: tooMuch,
        fix: 'Move what does not belong to the sources out of the project.',
      });
    }
    const { files, folders, links, skipped } = work;
    return success({ folder: inputs.to, files, folders, links, exclude, skipped });
  } catch (error) {
    return failure(storageProblem(error, 'copy', inputs.projectRoot));
  } finally {
    if (source !== null) closeFolder(source);
    if (target !== null) closeFolder(target);
  }
}

async function copyFolder(work: Work, from: Folder, to: Folder, prefix: string, depth: number): Promise<string | null> {
  if (depth > copyLimits.depth) return `it has folders more than ${copyLimits.depth} deep`;
  await setImmediate();
  const names = listNames(from, copyLimits.files + 1);
  if (work.files.size + names.length > copyLimits.files) return `it has more than ${copyLimits.files} files`;
  for (const name of names) {
    const key = prefix + name.toString('latin1');
    if (work.exclude.has(key)) continue;
    const stat = lstatSync(at(from, name), { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (stat.isDirectory()) {
      const tooMuch = await copySubfolder(work, [from, to], name, key, depth);
      if (tooMuch !== null) return tooMuch;
    } else if (stat.isFile()) {
      work.bytes += Number(stat.size);
      if (work.bytes > copyLimits.bytes) return `it has more than ${copyLimits.bytes} bytes`;
      await copyFile(work, [from, to], name, key);
    } else if (stat.isSymbolicLink()) {
      await copyLink(work, [from, to], name, key);
    } else {
      skip(work, key, `it is ${kindOf(stat)}`);
    }
  }
  return null;
}

type Pair = readonly [from: Folder, to: Folder];

async function copySubfolder(work: Work, [from, to]: Pair, name: Buffer, key: string, depth: number) {
  await makeRoom(to, name, (there) => there.isDirectory());
  const made = ensureFolder(to, name);
  makeUsable(made);
  if (work.owner !== undefined) chownSync(made.path, work.owner.uid, work.owner.gid);
  work.folders.add(key);
  let opened: Folder | null = null;
  try {
    if (name.toString('latin1') === '.git') return null;
    opened = openFolder(from, name);
    return await copyFolder(work, opened, made, `${key}/`, depth + 1);
  } catch (error) {
    if (errorCode(error) !== 'EACCES') throw error;
    skip(work, key, 'it may not be read');
    return null;
  } finally {
    closeFolder(made);
    if (opened !== null) closeFolder(opened);
  }
}

/** A box can have taken the rights of a folder in a copy that is kept. */
function makeUsable(folder: Folder): void {
  const { mode } = statSync(folder.path);
  if ((mode & 0o700) !== 0o700) chmodSync(folder.path, (mode & 0o777) | 0o700);
}

async function copyFile(work: Work, [from, to]: Pair, name: Buffer, key: string): Promise<void> {
  let descriptor: number;
  try {
    descriptor = openSync(at(from, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (!['EACCES', 'ENOENT', 'ELOOP'].includes(errorCode(error))) throw error;
    skip(work, key, 'it may not be read');
    return;
  }
  try {
    const stat: BigIntStats = fstatSync(descriptor, { bigint: true });
    if (!stat.isFile()) return skip(work, key, `it is ${kindOf(stat)}`);
    const original = sourceStamp(stat);
    const there = await makeRoom(to, name, (found) => found.isFile());
    if (there !== null && work.known.get(key) === original) {
      work.files.set(key, { original, copy: sourceStamp(there) });
      return;
    }
    const mode = (Number(stat.mode) & 0o755) | 0o200;
    const owner = work.owner === undefined ? {} : { owner: work.owner };
    const mtimeMs = Number(stat.mtimeMs);
    await placeCopy(descriptor, stat, { folder: to, name, mode, exactMode: true, mtimeMs, ...owner });
    const copy = sourceStamp(lstatSync(at(to, name), { bigint: true }));
    work.files.set(key, { original, copy });
  } finally {
    closeSync(descriptor);
  }
}

async function copyLink(work: Work, [from, to]: Pair, name: Buffer, key: string): Promise<void> {
  const target = readlinkSync(at(from, name), { encoding: 'buffer' });
  work.links.set(key, target.toString('latin1'));
  const isSame = (there: BigIntStats) =>
    there.isSymbolicLink() && target.equals(readlinkSync(at(to, name), { encoding: 'buffer' }));
  if ((await makeRoom(to, name, isSame)) === null) symlinkSync(target, at(to, name));
}

/** What is at a place if it may stay; a box can have put anything there, and what is in the way goes. */
async function makeRoom(
  to: Folder,
  name: Buffer,
  mayStay: (there: BigIntStats) => boolean,
): Promise<BigIntStats | null> {
  const there = lstatSync(at(to, name), { bigint: true, throwIfNoEntry: false });
  if (there === undefined) return null;
  if (mayStay(there)) return there;
  const aside = temporaryName();
  renameSync(at(to, name), at(to, aside));
  const deleted = await deleteTree({ within: to.path, relative: aside });
  if (!deleted.ok) throw new Error('what is in the way cannot be deleted');
  return null;
}

function skip(work: Work, key: string, why: string): void {
  if (work.skipped.length < 100) work.skipped.push(`${printable(Buffer.from(key, 'latin1').toString('utf8'))}: ${why}`);
}
