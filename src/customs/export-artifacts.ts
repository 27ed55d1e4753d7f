import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import type { Problem } from '../problem/problem.ts';
import { type ArtifactArea, artifactAreas, exportLimits } from './artifact-table.ts';
import { contentStamp, kindOf, sourceStamp } from './describe-file.ts';
import { type ExportFolders, openExportFolders } from './export-folders.ts';
import { type ExportRecord, readExportRecord, writeExportRecord } from './export-record.ts';
import { type FoundFile, type FoundFolder, findArtifacts } from './find-artifacts.ts';
import { type Canary, findWord } from './find-words.ts';
import { at, closeFolder, errorCode, type Folder, openFolder, openRoot } from './folder.ts';
import { boundHoles, type TakesFile } from './holes.ts';
import { placeCopy } from './place-file.ts';
import { collectRefusals, type Refusal, type Refusals } from './refusals.ts';
import { storageProblem } from './storage-problem.ts';

export interface ExportInputs {
  /** Cargo's target directory on the host: made by the box, so hostile. */
  readonly from: string;
  readonly to: { readonly projectRoot: string; readonly relative: string };
  /** Our note of the last export: outside of all that a box can write. */
  readonly record: string;
  /** What the command can have changed; all when left out. */
  readonly areas?: readonly ArtifactArea[];
  /** Words that no result may hold; one that does stays where it is. */
  readonly canaries?: readonly Canary[];
  readonly nowMs?: number;
}

export interface ExportReport {
  /** The folder of the export, absolute. */
  readonly folder: string;
  /** All results that are there now, sorted by path. */
  readonly exported: readonly ExportedFile[];
  /** Paths that an earlier export had brought and that the target no longer has. */
  readonly removed: readonly string[];
  readonly refused: readonly Refusal[];
  /** May be more than are listed in `refused`. */
  readonly refusedCount: number;
}
export interface ExportedFile {
  /** Below the export's folder. */
  readonly path: string;
  readonly bytes: number;
  readonly state: 'written' | 'unchanged';
}

interface Work extends ExportInputs {
  readonly before: ExportRecord;
  readonly after: ExportRecord;
  readonly folders: ExportFolders;
  readonly refusals: Refusals;
  readonly exported: ExportedFile[];
  readonly takes: TakesFile;
  totalBytes: number;
}

/**
 * Brings the results of a build out of the target into the project: plain files only, no link followed on either side,
 * each replaced in one step, nothing written when nothing changed. What must not pass is named, never a failure.
 */
export async function exportArtifacts(inputs: ExportInputs): Promise<Result<ExportReport>> {
  const folder = join(inputs.to.projectRoot, inputs.to.relative);
  const opened = openBoth(inputs);
  if (!opened.ok) return opened;
  const { source, folders } = opened.value;
  if (source === null) return success({ folder, exported: [], removed: [], refused: [], refusedCount: 0 });
  const before = readExportRecord(inputs.record);
  const work: Work = {
    ...inputs,
    before,
    after: new Map(before),
    folders,
    refusals: collectRefusals(),
    exported: [],
    takes: boundHoles(),
    totalBytes: 0,
  };
  try {
    const problem = await exportAll(source, work);
    const removed = problem === null && work.refusals.complete() ? removeGone(work) : [];
    if (work.exported.some((file) => file.state === 'written') || removed.length > 0) {
      writeExportRecord(inputs.record, work.after);
    }
    if (problem !== null) return failure(problem);
    const exported = work.exported.sort((left, right) => (left.path < right.path ? -1 : 1));
    const { refusals } = work;
    return success({ folder, exported, removed, refused: refusals.listed, refusedCount: refusals.count() });
  } catch (error) {
    return failure(storageProblem(error, 'write', inputs.record));
  } finally {
    closeFolder(source);
    folders.close();
  }
}

function openBoth(inputs: ExportInputs): Result<{ source: Folder | null; folders: ExportFolders }> {
  const folders = openExportFolders(inputs.to.projectRoot, inputs.to.relative);
  if (!folders.ok) return folders;
  try {
    return success({ source: openSource(inputs.from), folders: folders.value });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return success({ source: null, folders: folders.value });
    folders.value.close();
    return failure(storageProblem(error, 'read', inputs.from));
  }
}

/** The box can write the folder that holds cargo's target directory: it may have put a link in its place. */
function openSource(from: string): Folder {
  const around = openRoot(dirname(from));
  try {
    return openFolder(around, basename(from));
  } finally {
    closeFolder(around);
  }
}

async function exportAll(source: Folder, work: Work): Promise<Problem | null> {
  const areas = new Set<ArtifactArea>(work.areas ?? artifactAreas);
  for await (const found of findArtifacts(source, areas, work.refusals)) {
    for (const file of found.files) {
      const problem = await exportOne(found, file, work);
      if (problem !== null) return problem;
    }
  }
  return null;
}

async function exportOne(found: FoundFolder, file: FoundFile, work: Work): Promise<Problem | null> {
  const place = [...found.names, file.name];
  const path = place.join('/');
  const bytes = Number(file.stat.size);
  work.totalBytes += bytes;
  const tooMuch = beyondLimits(bytes, Number(file.stat.blocks) * 512, work);
  if (tooMuch !== null) {
    work.refusals.add(place, tooMuch);
    return null;
  }
  try {
    const known = work.before.get(path);
    const present = work.folders.lookUp(found.names, file.name);
    if (present !== null && known?.source === sourceStamp(file.stat) && known.written === contentStamp(present)) {
      work.exported.push({ path, bytes, state: 'unchanged' });
    } else if (present !== null && !present.isFile()) {
      work.refusals.add(place, `${kindOf(present)} stands in its place`);
    } else if (present !== null && !work.folders.isOurs && known?.written !== contentStamp(present)) {
      // A build can give its results any name, also that of a script of the project's.
      work.refusals.add(place, 'a file that no export has brought stands in its place');
    } else {
      await copyOne(found, file, work);
    }
    return null;
  } catch (error) {
    if (['ENOTDIR', 'ELOOP', 'EISDIR'].includes(errorCode(error))) {
      work.refusals.add(place, 'a link or a file of the project stands in its way');
      return null;
    }
    return storageProblem(error, 'write', join(work.to.projectRoot, work.to.relative, path));
  }
}

function beyondLimits(bytes: number, allocatedBytes: number, work: Work): string | null {
  if (bytes > exportLimits.fileBytes) return 'it is too large';
  if (!work.takes(bytes, allocatedBytes)) return 'there is nothing in it but holes';
  if (work.totalBytes > exportLimits.totalBytes) return 'all results together are too large';
  if (work.exported.length >= exportLimits.files) return 'there are too many files';
  return null;
}

/** The file is opened, not looked up again: what is checked is what is copied. */
async function copyOne(found: FoundFolder, file: FoundFile, work: Work): Promise<void> {
  const place = [...found.names, file.name];
  let descriptor: number;
  try {
    descriptor = openSync(at(found.folder, file.name), readOnly);
  } catch (error) {
    work.refusals.add(place, `it cannot be read (${errorCode(error)})`);
    return;
  }
  try {
    const stat = fstatSync(descriptor, { bigint: true });
    if (!stat.isFile() || stat.size > file.stat.size) {
      work.refusals.add(place, 'it changed while it was looked at');
      return;
    }
    const canary = findWord(descriptor, work.canaries ?? []);
    if (canary !== null) {
      work.refusals.add(place, `it holds ${canary.what}`);
      return;
    }
    const folder = work.folders.open(found.names);
    const mtimeMs = Math.max(0, Math.min(Number(stat.mtimeMs), work.nowMs ?? Date.now()));
    await placeCopy(descriptor, stat, { folder, name: file.name, mode: Number(stat.mode) & 0o755, mtimeMs });
    const path = place.join('/');
    const written = contentStamp(lstatSync(at(folder, file.name), { bigint: true }));
    work.after.set(path, { area: found.area, source: sourceStamp(stat), written });
    work.exported.push({ path, bytes: Number(stat.size), state: 'written' });
  } finally {
    closeSync(descriptor);
  }
}

const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Removes what an earlier export wrote and the target no longer has; a file that the user changed stays. */
function removeGone(work: Work): string[] {
  const areas = new Set<ArtifactArea>(work.areas ?? artifactAreas);
  const there = new Set(work.exported.map((file) => file.path));
  const removed: string[] = [];
  for (const [path, held] of work.before) {
    if (there.has(path) || !areas.has(held.area)) continue;
    work.after.delete(path);
    if (work.folders.remove(path.split('/'), held.written)) removed.push(path);
  }
  return removed.sort();
}
