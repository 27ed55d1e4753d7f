import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { sumDescriptor } from '../host/sum-file.ts';
import { plainName } from './describe-file.ts';
import { at, closeFolder, type Folder, listNames, openFolder, openRoot, withFolder } from './folder.ts';
import { boundHoles, type TakesFile } from './holes.ts';
import { readBounded } from './read-bounded.ts';

/** What a build has left between its sources and its results. Paths are below the target, `/`-separated. */
export interface Intermediates {
  /** sha256 of each file that can be part of a result. */
  readonly sums: ReadonlyMap<string, string>;
  /** Names of the files in which cargo notes what it has made, as paths: they say which package has made what. */
  readonly notes: readonly string[];
}

/** More than any honest build makes; what is beyond is not looked at. */
const limits = { names: 1_000_000, depth: 40, fileBytes: 1024 ** 3 } as const;

interface Walk {
  readonly sums: Map<string, string>;
  readonly notes: string[];
  readonly takes: TakesFile;
  namesLeft: number;
}

/** Sums what cargo and build scripts have made on the way, in a hostile target: no link is followed. */
export async function sumIntermediates(target: string): Promise<Intermediates> {
  const walk: Walk = { sums: new Map(), notes: [], takes: boundHoles(), namesLeft: limits.names };
  const root = openRoot(target);
  try {
    await walkFolder(walk, root, []);
  } finally {
    closeFolder(root);
  }
  return { sums: walk.sums, notes: walk.notes.sort() };
}

async function walkFolder(walk: Walk, folder: Folder, names: readonly string[]): Promise<void> {
  await setImmediate();
  const found = listNames(folder, walk.namesLeft + 1).slice(0, walk.namesLeft);
  walk.namesLeft -= found.length;
  for (const bytes of found.sort(Buffer.compare)) {
    const name = plainName(bytes);
    const stat = name === null ? undefined : lstatSync(at(folder, name), { throwIfNoEntry: false });
    if (name === null || stat === undefined) continue;
    const place = [...names, name];
    if (stat.isDirectory()) await walkInto(walk, folder, place);
    else if (stat.isFile()) await lookAt(walk, folder, place);
  }
}

async function walkInto(walk: Walk, parent: Folder, place: readonly string[]): Promise<void> {
  const name = place.at(-1) as string;
  if (name === 'incremental' || place.length > limits.depth) return;
  let opened: Folder;
  try {
    opened = openFolder(parent, name);
  } catch {
    // It may not be entered, or is another thing meanwhile: then it is no part of a result either.
    return;
  }
  try {
    await walkFolder(walk, opened, place);
  } finally {
    closeFolder(opened);
  }
}

async function lookAt(walk: Walk, folder: Folder, place: readonly string[]): Promise<void> {
  if (isNote(place)) {
    walk.notes.push(place.join('/'));
    return;
  }
  if (!isIntermediate(place)) return;
  // Summing a large file takes its time, and Ctrl-C has to be heard between two.
  await setImmediate();
  const sum = sumOfFile(folder, place.at(-1) as string, walk.takes);
  if (sum !== null) walk.sums.set(place.join('/'), sum);
}

/** `bin-app` in `.fingerprint/app-0123456789abcdef`, or in the newer layout `build/app/0123456789abcdef/fingerprint`. */
function isNote(place: readonly string[]): boolean {
  const name = place.at(-1) ?? '';
  return (
    place.some((part) => part === '.fingerprint' || part === 'fingerprint') && /^(bin|lib|example)-[^.]+$/.test(name)
  );
}

function isIntermediate(place: readonly string[]): boolean {
  const name = place.at(-1) ?? '';
  if (place.includes('.fingerprint') || place.includes('fingerprint')) return false;
  if (/\.(d|rmeta|timestamp)$|^(root-output|stderr|invoked\.timestamp)$|^build[-_]script[-_]/.test(name)) return false;
  return place.includes('deps') || place.includes('build');
}

function sumOfFile(folder: Folder, name: string, takes: TakesFile): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(at(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || stat.size > limits.fileBytes || !takes(stat.size, stat.blocks * 512)) return null;
    return sumDescriptor(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** All bytes of a file of a hostile target, by its path below it; `null` when it is no plain file or a very large one. */
export function readIntermediate(target: string, path: string): Buffer | null {
  const names = path.split('/');
  const root = openRoot(target);
  try {
    const read = withFolder(root, names.slice(0, -1), (folder) =>
      readBounded(folder, names.at(-1) ?? '', limits.fileBytes),
    );
    return typeof read === 'string' ? null : read;
  } catch {
    return null;
  } finally {
    closeFolder(root);
  }
}
