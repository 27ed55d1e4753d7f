import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import { kindOf, sourceStamp } from './describe-file.ts';
import { at, closeFolder, ensureFolder, errorCode, type Folder, listNames, openFolder, openRoot } from './folder.ts';
import { placeCopy } from './place-file.ts';
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
  readonly skipped: string[];
  bytes: number;
}

/**
 * A copy of the project for commands that write sources. Links are copied as links, so nothing from outside gets in;
 * sockets, devices and what cannot be read stay out. A `.git` folder stays out too and leaves an empty one, on which
 * the real one can be mounted read-only: cargo asks it whether there are changes.
 */
export async function makeWritableCopy(inputs: CopyInputs): Promise<Result<WritableCopy>> {
  const exclude = new Set(inputs.exclude.map((path) => Buffer.from(path).toString('latin1')));
  const work: Work = { files: new Map(), folders: new Set(), links: new Map(), exclude, skipped: [], bytes: 0 };
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
      copyLink(work, [from, to], name, key);
    } else {
      skip(work, key, `it is ${kindOf(stat)}`);
    }
  }
  return null;
}

type Pair = readonly [from: Folder, to: Folder];

async function copySubfolder(work: Work, [from, to]: Pair, name: Buffer, key: string, depth: number) {
  const made = ensureFolder(to, name);
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
    const mode = (Number(stat.mode) & 0o755) | 0o200;
    await placeCopy(descriptor, stat, { folder: to, name, mode, exactMode: true, mtimeMs: Number(stat.mtimeMs) });
    const copy = sourceStamp(lstatSync(at(to, name), { bigint: true }));
    work.files.set(key, { original: sourceStamp(stat), copy });
  } finally {
    closeSync(descriptor);
  }
}

function copyLink(work: Work, [from, to]: Pair, name: Buffer, key: string): void {
  const target = readlinkSync(at(from, name), { encoding: 'buffer' });
  symlinkSync(target, at(to, name));
  work.links.set(key, target.toString('latin1'));
}

function skip(work: Work, key: string, why: string): void {
  if (work.skipped.length < 100) work.skipped.push(`${printable(Buffer.from(key, 'latin1').toString('utf8'))}: ${why}`);
}
