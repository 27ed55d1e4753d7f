import { createHash, type Hash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { madeLater } from '../../archive/made-later.ts';
import { moveIntoPlace } from '../../host/move-into-place.ts';
import { currentOwner, ownerWord } from '../../host/owner.ts';
import type { DebianRoot } from './debian-root.ts';
import { sourceDateEpoch } from './root-recipe.ts';

/**
 * Takes a root that was made of another one into the cache. What is as it was in the base is the same file there, under
 * a second name: roots are only ever read. The sum is over the base and all that differs from it. With an `expected` sum
 * nothing is kept under another.
 */
export async function keepAddedRoot(
  base: DebianRoot,
  tree: string,
  roots: string,
  expected: string | null,
): Promise<DebianRoot | { readonly found: string }> {
  const unfinished = join(roots, `.new-${ownerWord(currentOwner())}`);
  await rm(unfinished, { recursive: true, force: true });
  try {
    const sha256 = shareFolder(base, tree, unfinished);
    if (expected !== null && sha256 !== expected) return { found: sha256 };
    const path = join(roots, sha256);
    moveIntoPlace(unfinished, path);
    return { path, sha256 };
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Makes `to` like `tree`; gives the sum of the base and of what differs. */
function shareFolder(base: DebianRoot, tree: string, to: string): string {
  const sum = createHash('sha256').update(`${base.sha256}\n`);
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const mode = lstatSync(join(tree, folder)).mode & 0o7777;
    mkdirSync(join(to, folder));
    chmodSync(join(to, folder), folder === '' ? 0o700 : mode);
    const own = pathsIn(tree, folder);
    const before = new Set(pathsIn(base.path, folder));
    for (const path of own) {
      const old = before.has(path) ? join(base.path, path) : null;
      const isFolder = shareEntry({ old, own: join(tree, path), to: join(to, path) }, path, sum);
      if (isFolder) waiting.push(path);
    }
    const kept = new Set(own);
    for (const path of before) if (!kept.has(path)) sum.update(`${path}\0gone\n`);
  }
  return sum.digest('hex');
}

/**
 * Takes over one entry, and counts it when it differs from that of the base, if there is one. Whether it is a folder,
 * still to be made.
 */
function shareEntry(
  { old, own, to }: { readonly old: string | null; readonly own: string; readonly to: string },
  path: string,
  sum: Hash,
): boolean {
  const stat = lstatSync(own);
  if (stat.isDirectory()) {
    if (old === null || lstatSync(old).mode !== stat.mode) sum.update(`${path}\0${stat.mode.toString(8)}\n`);
    return true;
  }
  const same = old !== null && isSame(old, lstatSync(old), own, stat);
  if (!same)
    sum.update(`${path}\0${stat.mode.toString(8)}\0${Math.floor(stat.mtimeMs / 1000)}\0${contentOf(own, stat)}\n`);
  share(same ? old : own, to, stat);
  return false;
}

/** What is in a folder, sorted; nothing where the base has no such folder: a file in its place, or a link. */
function pathsIn(root: string, folder: string): readonly string[] {
  try {
    if (!lstatSync(join(root, folder)).isDirectory()) return [];
    const names = readdirSync(join(root, folder)).sort();
    return names.map((name) => join(folder, name)).filter((path) => !madeLater.has(path));
  } catch {
    return [];
  }
}

/** Scripts may change a file in its place: then it carries the one clock of all roots, as a file that they made. */
function isSame(oldFile: string, before: Stats, file: string, stat: Stats): boolean {
  if (before.mode !== stat.mode || before.size !== stat.size) return false;
  if (stat.isSymbolicLink()) return readlinkSync(oldFile) === readlinkSync(file);
  if (!stat.isFile() || before.mtimeMs !== stat.mtimeMs) return false;
  return stat.mtimeMs !== Number(sourceDateEpoch) * 1000 || readFileSync(oldFile).equals(readFileSync(file));
}

function contentOf(file: string, stat: Stats): string {
  if (stat.isSymbolicLink()) return `-> ${readlinkSync(file)}`;
  return stat.isFile() ? createHash('sha256').update(readFileSync(file)).digest('hex') : 'special';
}

/** A second name of the file, or a copy where it lies on another file system or has as many names as it can have. */
function share(from: string, to: string, stat: Stats): void {
  if (stat.isSymbolicLink()) {
    symlinkSync(readlinkSync(from), to);
    lutimesSync(to, stat.atime, stat.mtime);
    return;
  }
  // Sockets, pipes and devices have no use in a root.
  if (!stat.isFile()) return;
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
    utimesSync(to, stat.atime, stat.mtime);
  }
}
