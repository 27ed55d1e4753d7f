import { chmodSync, fstatSync, lstatSync, opendirSync } from 'node:fs';
import { at, closeFolder, type Folder, openFolder, openRoot } from '../customs/folder.ts';
import { smallestFileBytes } from './disk-account.ts';

export interface Measured {
  readonly bytes: number;
  /** `false`: some of it cannot be read, is too deep to be reached, or changed under our hands. */
  readonly isWhole: boolean;
}

export interface MeasureOptions {
  /** Gives its owner's rights to folders that have none. Only while nothing runs that could swap them. */
  readonly openUp?: boolean;
  /** Asked for every folder: gives up, with what was counted so far. */
  readonly giveUp?: () => boolean;
}

interface Count {
  bytes: number;
  isWhole: boolean;
  /** Files with several names, which are counted once. */
  readonly seen: Set<string>;
  readonly options: MeasureOptions;
}

/** Each level is a folder that is held open. */
const deepest = 500;

/** What a tree takes on its disk: the blocks of each file and folder, once. No link is followed, names are bytes. */
export function measureTree(path: string, options: MeasureOptions = {}): Measured {
  const count: Count = { bytes: 0, isWhole: true, seen: new Set(), options };
  const root = openRoot(path);
  try {
    addFolder(count, root, 0);
  } finally {
    closeFolder(root);
  }
  return { bytes: count.bytes, isWhole: count.isWhole };
}

function addFolder(count: Count, folder: Folder, depth: number): void {
  const stat = fstatSync(folder.descriptor);
  count.bytes += bytesOf(stat.blocks);
  if (count.options.giveUp?.() === true || depth > deepest) {
    count.isWhole = false;
    return;
  }
  try {
    if (count.options.openUp === true && (stat.mode & 0o700) !== 0o700) chmodSync(folder.path, 0o700);
    for (const name of addFiles(count, folder)) addChild(count, folder, name, depth);
  } catch {
    count.isWhole = false;
  }
}

function addChild(count: Count, folder: Folder, name: Buffer, depth: number): void {
  const child = openFolder(folder, name);
  try {
    addFolder(count, child, depth + 1);
  } finally {
    closeFolder(child);
  }
}

/** Adds what lies in a folder and gives the names of the folders among it. */
function addFiles(count: Count, folder: Folder): readonly Buffer[] {
  const listing = opendirSync(folder.path, { encoding: 'buffer' as BufferEncoding, bufferSize: 256 });
  const folders: Buffer[] = [];
  try {
    for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) {
      const name = entry.name as unknown as Buffer;
      const stat = lstatSync(at(folder, name), { throwIfNoEntry: false });
      if (stat === undefined) continue;
      if (stat.isDirectory()) folders.push(name);
      else if (stat.nlink < 2 || isNew(count, at(folder, name))) count.bytes += bytesOf(stat.blocks);
    }
  } finally {
    listing.closeSync();
  }
  return folders;
}

function isNew({ seen }: Count, path: string | Buffer): boolean {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  const key = stat === undefined ? 'gone' : `${stat.dev}:${stat.ino}`;
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

/** st_blocks counts 512 bytes whatever the file system's own blocks are. */
export function bytesOf(blocks: number): number {
  return Math.max(blocks * 512, smallestFileBytes);
}
