import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { folderNames } from '../host/folder-names.ts';
import type { Locations } from '../host/locations.ts';
import { sha256 } from '../host/project-key.ts';
import { printable } from '../problem/problem.ts';
import type { Wish } from './ask.ts';
import { readOwnFile } from './read-own-file.ts';
import { grantsFolder, writeOwnFile } from './store.ts';

/** One entry of an organisation's file: what every project at such a path may have. */
export interface OrganisationGrant extends Wish {
  /** Pattern of the real path of a workspace's root: `*` within a name, `**` over any depth. */
  readonly project: string;
}

/** An imported file, kept by copy and named by its hash. */
export interface ImportedFile {
  readonly sha256: string;
  readonly file: string;
  readonly text: string;
}

export function writeImported(locations: Locations, text: string): Result<void> {
  return writeOwnFile(fileOf(locations, sha256(text)), text);
}

/** Every imported file whose bytes still have the hash that was pinned; another one is an error. */
export function readImported(locations: Locations): Result<readonly ImportedFile[]> {
  const all: ImportedFile[] = [];
  for (const hash of importedHashes(locations)) {
    const file = fileOf(locations, hash);
    const text = readOwnFile(file);
    if (!text.ok) return text;
    if (text.value === null || sha256(text.value) !== hash) return failure(broken(file));
    all.push({ sha256: hash, file, text: text.value });
  }
  return success(all);
}

/** Whether there was such a file. */
export function forgetImported(locations: Locations, hash: string): boolean {
  if (!importedHashes(locations).includes(hash)) return false;
  rmSync(fileOf(locations, hash), { force: true });
  return true;
}

function importedHashes(locations: Locations): readonly string[] {
  return folderNames(folderOf(locations)).flatMap((name) => /^([0-9a-f]{64})\.yaml$/.exec(name)?.[1] ?? []);
}

function folderOf(locations: Locations): string {
  return join(grantsFolder(locations), 'organisation');
}

function fileOf(locations: Locations, hash: string): string {
  return join(folderOf(locations), `${hash}.yaml`);
}

function broken(file: string) {
  return {
    code: 'refused',
    what: `the imported grants in ${printable(file)} cannot be trusted`,
    where: { file },
    why: 'the file does not have the hash that was pinned',
    fix: 'Delete it, and import the file again.',
  } as const;
}
