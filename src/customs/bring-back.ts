import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { kindOf, sourceStamp } from './describe-file.ts';
import { at, closeFolder, ensureFolder, errorCode, type Folder, listNames, openFolder, openRoot } from './folder.ts';
import { handOver, placeBytes } from './place-file.ts';
import { readBounded } from './read-bounded.ts';
import { collectRefusals, type Refusal, type Refusals } from './refusals.ts';
import { storageProblem } from './storage-problem.ts';
import { type BringBackClass, mayComeBack, mayEnter } from './what-comes-back.ts';
import type { WritableCopy } from './writable-copy.ts';
import { readBranch, writeEmptyRepository } from './write-empty-repository.ts';

export interface BringBackInputs {
  readonly projectRoot: string;
  readonly copy: WritableCopy;
  readonly class: BringBackClass;
}
export interface BringBackReport {
  /** Below the project, sorted. */
  readonly written: readonly { readonly path: string; readonly state: 'changed' | 'created' }[];
  /** What the command made, changed or removed beside that: it stays where it is and is thrown away with the copy. */
  readonly dropped: readonly Refusal[];
  readonly droppedCount: number;
}

interface Work {
  readonly project: Folder;
  readonly inputs: BringBackInputs;
  readonly refusals: Refusals;
  readonly seen: Set<string>;
  readonly written: { path: string; state: 'changed' | 'created' }[];
  namesLeft: number;
  bytesLeft: number;
}

const mostBytes = 16 * 1024 * 1024;
/** Of all together: no command that writes sources writes more. */
const mostTotalBytes = 512 * 1024 * 1024;
const mostNames = 1_000_000;
const mostDepth = 128;

/**
 * Brings the files of a command's class from the copy back into the project: regular files of bounded size, each in
 * one step with the mode it had. A file that was edited in the project meanwhile is kept. Everything else that changed
 * is named and dropped; a deletion is never repeated.
 */
export function bringBack(inputs: BringBackInputs): Result<BringBackReport> {
  let project: Folder | null = null;
  let copy: Folder | null = null;
  const refusals = collectRefusals();
  try {
    project = openRoot(inputs.projectRoot);
    copy = openRoot(inputs.copy.folder);
    const work: Work = {
      project,
      inputs,
      refusals,
      seen: new Set(),
      written: [],
      namesLeft: mostNames,
      bytesLeft: mostTotalBytes,
    };
    compareFolder(work, copy, []);
    if (refusals.complete()) nameDeletions(work);
    const written = work.written.sort((left, right) => (left.path < right.path ? -1 : 1));
    return success({ written, dropped: refusals.listed, droppedCount: refusals.count() });
  } catch (error) {
    return failure(storageProblem(error, 'write into', inputs.projectRoot));
  } finally {
    if (project !== null) closeFolder(project);
    if (copy !== null) closeFolder(copy);
  }
}

function compareFolder(work: Work, folder: Folder, place: readonly string[]): void {
  const names = listNames(folder, work.namesLeft + 1);
  work.namesLeft -= names.length;
  if (work.namesLeft < 0) {
    work.refusals.addBudget(place.map(text), 'there are too many files');
    return;
  }
  for (const name of names.map((bytes) => bytes.toString('latin1')).sort()) {
    const here = [...place, name];
    const key = here.join('/');
    if (work.inputs.copy.exclude.has(key)) continue;
    work.seen.add(key);
    const stat = lstatSync(at(folder, bytesOf(name)), { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (stat.isDirectory()) compareSubfolder(work, folder, here);
    else if (stat.isFile()) compareFile(work, folder, here, sourceStamp(stat));
    else if (stat.isSymbolicLink() && isOldLink(work, folder, here)) continue;
    else work.refusals.add(here.map(text), `it is ${kindOf(stat)}`);
  }
}

function compareSubfolder(work: Work, folder: Folder, place: readonly string[]): void {
  const known = work.inputs.copy.folders.has(place.join('/'));
  const name = place[place.length - 1] as string;
  if (name === '.git') {
    if (!known) bringRepository(work, folder, place);
    return;
  }
  if (!known && !mayEnter(work.inputs.class, place.map(text))) {
    work.refusals.add(place.map(text), 'a new folder');
    return;
  }
  if (place.length > mostDepth) {
    work.refusals.addBudget(place.map(text), 'it lies too deep');
    return;
  }
  let next: Folder;
  try {
    next = openFolder(folder, bytesOf(name));
  } catch (error) {
    work.refusals.add(place.map(text), `it cannot be opened (${errorCode(error)})`);
    return;
  }
  try {
    compareFolder(work, next, place);
  } catch (error) {
    if (errorCode(error) !== 'EACCES') throw error;
    work.refusals.addBudget(place.map(text), 'it cannot be read');
  } finally {
    closeFolder(next);
  }
}

function compareFile(work: Work, folder: Folder, place: readonly string[], stamp: string): void {
  const known = work.inputs.copy.files.get(place.join('/'));
  if (known?.copy === stamp) return;
  const shown = place.map(text);
  const state = known === undefined ? 'created' : 'changed';
  const bytes = readBounded(folder, bytesOf(place[place.length - 1] as string), mostBytes);
  if (typeof bytes === 'string') {
    work.refusals.add(shown, bytes);
    return;
  }
  if (known !== undefined && isSame(work, place, bytes)) return;
  if (!mayComeBack(work.inputs.class, shown, state)) {
    work.refusals.add(shown, state === 'created' ? 'a new file' : 'changed, and not of the kind that comes back');
    return;
  }
  work.bytesLeft -= bytes.length;
  if (work.bytesLeft < 0) {
    work.refusals.add(shown, 'all changes together are too large');
    return;
  }
  const refusal = write(work, place, bytes, known?.original ?? null);
  if (refusal !== null) work.refusals.add(shown, refusal);
  else work.written.push({ path: shown.join('/'), state });
}

/** A command that wrote the same bytes again has changed nothing. */
function isSame(work: Work, place: readonly string[], bytes: Buffer): boolean {
  return inProject(work, place, 'open', (folder, name) => {
    const original = folder === null ? '' : readBounded(folder, name, mostBytes);
    return typeof original !== 'string' && original.equals(bytes);
  });
}

function write(work: Work, place: readonly string[], bytes: Buffer, original: string | null): string | null {
  return inProject(work, place, original === null ? 'make' : 'open', (folder, name) => {
    if (folder === null) return 'its folder in the project is gone or is a link';
    const stat = lstatSync(at(folder, name), { bigint: true, throwIfNoEntry: false });
    if (original === null && stat !== undefined) return 'it exists in the project by now';
    if (original !== null && (stat === undefined || sourceStamp(stat) !== original)) {
      return 'the project has another version by now';
    }
    if (stat === undefined) placeBytes(bytes, { folder, name, mode: 0o644 });
    else {
      const owner = { uid: Number(stat.uid), gid: Number(stat.gid) };
      placeBytes(bytes, { folder, name, mode: Number(stat.mode), exactMode: true, owner });
    }
    return null;
  });
}

/** Opens the folder of a file in the project, step by step and never through a link; `null` where there is no way. */
function inProject<T>(
  work: Work,
  place: readonly string[],
  missing: 'open' | 'make',
  use: (folder: Folder | null, name: Buffer) => T,
): T {
  const name = bytesOf(place[place.length - 1] as string);
  let folder = openFolder(work.project, '.');
  try {
    for (const step of place.slice(0, -1).map(bytesOf)) {
      const parent = folder;
      folder =
        missing === 'make' ? ensureFolder(parent, step, (made) => handOver(made, parent)) : openFolder(parent, step);
      closeFolder(parent);
    }
  } catch (error) {
    closeFolder(folder);
    if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error))) throw error;
    return use(null, name);
  }
  try {
    return use(folder, name);
  } finally {
    closeFolder(folder);
  }
}

/** `cargo new` makes a repository: its bytes stay in the box, an empty one with the same branch is written by us. */
function bringRepository(work: Work, folder: Folder, place: readonly string[]): void {
  const shown = place.map(text);
  const wanted = work.inputs.class.kind === 'creating' && shown.slice(0, -1).join('/') === work.inputs.class.folder;
  const branch = wanted ? readBranch(folder) : null;
  if (branch === null) {
    work.refusals.add(shown, 'a new folder');
    return;
  }
  const done = inProject(work, place, 'make', (parent) => {
    return parent === null ? 'exists' : writeEmptyRepository(parent, branch);
  });
  if (done === 'written') work.written.push({ path: join(...shown), state: 'created' });
  else work.refusals.add(shown, 'it exists in the project by now');
}

function isOldLink(work: Work, folder: Folder, place: readonly string[]): boolean {
  const target = readlinkSync(at(folder, bytesOf(place[place.length - 1] as string)), { encoding: 'buffer' });
  return work.inputs.copy.links.get(place.join('/')) === target.toString('latin1');
}

function nameDeletions(work: Work): void {
  const { files, links, folders } = work.inputs.copy;
  for (const key of [...files.keys(), ...links.keys(), ...folders].sort()) {
    const parent = key.slice(0, Math.max(0, key.lastIndexOf('/')));
    // Inside of a folder that is gone, the folder's own line says it all; `.git` is not looked into.
    if (work.seen.has(key) || (parent !== '' && !work.seen.has(parent))) continue;
    work.refusals.add(key.split('/').map(text), 'deleted there; the project keeps it');
  }
}

function bytesOf(name: string): Buffer {
  return Buffer.from(name, 'latin1');
}

function text(name: string): string {
  return Buffer.from(name, 'latin1').toString('utf8');
}
