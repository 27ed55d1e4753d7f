import { lstatSync } from 'node:fs';
import { type PackedFile, packFiles } from '../archive/pack-files.ts';
import { writeSummed } from '../archive/pack-image.ts';
import { treeFiles } from '../customs/tree-files.ts';
import { noteName, writeCacheNote } from './cache-note.ts';
import { crateEntry, packageEntry, targetEntry } from './cache-places.ts';

/** What of a project is exported. */
export interface CacheExport {
  readonly identity: string;
  /** The target of that identity; `null`: nothing was built yet. */
  readonly target: string | null;
  readonly packages: readonly { readonly sha256: string; readonly path: string }[];
  readonly crates: readonly { readonly folder: string; readonly file: string; readonly path: string }[];
}

export interface ExportedCache {
  readonly files: number;
  readonly sizeBytes: number;
  /** Sockets, devices, and what has a name that is no text. */
  readonly leftOut: number;
}

/**
 * Writes one archive with the clocks of the files, to the nanosecond: cargo believes what it made only if nothing is
 * newer. `file` is new.
 */
export async function exportCache(wanted: CacheExport, file: string): Promise<ExportedCache> {
  const counts = { files: 0, leftOut: 0 };
  await writeSummed(packFiles(entriesOf(wanted, counts)), file);
  return { ...counts, sizeBytes: lstatSync(file).size };
}

interface Counts {
  files: number;
  leftOut: number;
}

function* entriesOf({ identity, target, packages, crates }: CacheExport, counts: Counts): Generator<PackedFile> {
  const note = writeCacheNote({ identity: target === null ? null : identity });
  yield { kind: 'text', path: noteName, mode: 0o644, text: note };
  for (const { sha256, path } of packages) yield* storedFile(packageEntry(sha256), path, counts);
  for (const { folder, file, path } of crates) yield* storedFile(crateEntry(folder, file), path, counts);
  if (target !== null) yield* targetEntries(target, counts);
}

function* storedFile(entry: string, source: string, counts: Counts): Generator<PackedFile> {
  const stat = lstatSync(source, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return;
  counts.files += 1;
  yield { kind: 'file', path: entry, mode: 0o644, source, sizeBytes: stat.size };
}

function* targetEntries(target: string, counts: Counts): Generator<PackedFile> {
  const onLeftOut = () => {
    counts.leftOut += 1;
  };
  for (const file of treeFiles(target, targetEntry, onLeftOut)) {
    if (file.kind === 'open-file' || file.kind === 'hard-link') counts.files += 1;
    yield file;
  }
}
