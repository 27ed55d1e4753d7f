import { mkdirSync, renameSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Result } from '../base/result.ts';
import { readForeignText } from '../host/read-file.ts';
import { deleteTree } from './delete-tree.ts';
import { at, closeFolder, type Folder, openRoot, withFolder } from './folder.ts';
import { temporaryName } from './place-file.ts';
import { type CopyInputs, makeWritableCopy, type WritableCopy } from './writable-copy.ts';

/** What a kept copy was made from: stamps of the project's files by path, `folder` and `link` for the others. */
type Known = ReadonlyMap<string, string>;

const formatVersion = 1;
const mostRecordBytes = 256 * 1024 * 1024;

/**
 * Brings a copy that is kept from build to build up to the project: what changed or went in the project changes or
 * goes in the copy, and all else that boxes wrote there stays. The copy is hostile: no link in it is followed, and one
 * that cannot be worked on is made anew. `record` is a file of ours, outside of the copy.
 */
export async function updateKeptCopy(inputs: Omit<CopyInputs, 'known'>, record: string): Promise<Result<WritableCopy>> {
  const known = readKnown(record);
  // Written again when the copy is whole: a run that is killed in between leaves none, and the next one begins anew.
  rmSync(record, { force: true });
  let copy = known === null ? null : await update(inputs, known);
  if (copy === null || !copy.ok) copy = await makeAnew(inputs);
  if (copy.ok) writeKnown(record, copy.value);
  return copy;
}

async function update(inputs: Omit<CopyInputs, 'known'>, known: Known): Promise<Result<WritableCopy> | null> {
  try {
    const copy = await makeWritableCopy({ ...inputs, known });
    if (copy.ok) removeGone(inputs.to, known, copy.value);
    return copy;
  } catch {
    return null;
  }
}

async function makeAnew(inputs: Omit<CopyInputs, 'known'>): Promise<Result<WritableCopy>> {
  const deleted = await deleteTree({ within: dirname(inputs.to), relative: basename(inputs.to) });
  if (!deleted.ok) return deleted;
  mkdirSync(inputs.to, { recursive: true, mode: 0o700 });
  return makeWritableCopy(inputs);
}

/** What the project had and has no more; a folder goes when nothing of a box is left in it. */
function removeGone(to: string, known: Known, { files, folders, links }: WritableCopy): void {
  const isGone = (path: string) => !files.has(path) && !folders.has(path) && !links.has(path);
  const root = openRoot(to);
  try {
    for (const path of [...known.keys()].filter(isGone).sort().reverse()) {
      removeOne(root, path, known.get(path) === 'folder' ? rmdirSync : unlinkSync);
    }
  } finally {
    closeFolder(root);
  }
}

function removeOne(root: Folder, path: string, remove: (path: string | Buffer) => void): void {
  const names = path.split('/').map((name) => Buffer.from(name, 'latin1'));
  const name = names.pop() as Buffer;
  try {
    withFolder(root, names, (folder) => remove(at(folder, name)));
  } catch {
    // A box took it away, or put something of its own there: that may stay.
  }
}

function readKnown(record: string): Known | null {
  const text = readForeignText(record, mostRecordBytes);
  if (!text.ok || text.value === null) return null;
  try {
    const { version, known } = JSON.parse(text.value) as { version: unknown; known: [string, string][] };
    return version === formatVersion ? new Map(known) : null;
  } catch {
    return null;
  }
}

function writeKnown(record: string, { files, folders, links }: WritableCopy): void {
  const known = [
    ...[...files].map(([path, { original }]) => [path, original]),
    ...[...folders].map((path) => [path, 'folder']),
    ...[...links.keys()].map((path) => [path, 'link']),
  ];
  const temporary = `${dirname(record)}/${temporaryName()}`;
  writeFileSync(temporary, JSON.stringify({ version: formatVersion, known }), { flag: 'wx', mode: 0o600 });
  renameSync(temporary, record);
}
