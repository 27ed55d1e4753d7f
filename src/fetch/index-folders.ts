import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sumFile } from '../host/sum-file.ts';
import type { RegistrySource } from './registry-sources.ts';

/**
 * Cargo names the folders of a registry by its host and a hash that only cargo can compute. We look where it put things
 * and remember that, for each version of cargo.
 */
export interface IndexFolders {
  readonly known: ReadonlyMap<string, string>;
}

const recordFile = 'index-folders.json';

export function readIndexFolders(fetchHome: string): IndexFolders {
  try {
    const record: unknown = JSON.parse(readFileSync(join(fetchHome, recordFile), 'utf8'));
    const entries = Object.entries(record ?? {}).filter((entry): entry is [string, string] => isFolderName(entry[1]));
    return { known: new Map(entries) };
  } catch {
    return { known: new Map() };
  }
}

export function writeIndexFolders(fetchHome: string, folders: IndexFolders): void {
  const draft = join(fetchHome, `${recordFile}.${process.pid}`);
  writeFileSync(draft, JSON.stringify(Object.fromEntries([...folders.known].sort())));
  renameSync(draft, join(fetchHome, recordFile));
}

/** What the folder of a source depends on. */
export function folderKey(source: RegistrySource, cargoVersion: string): string {
  const location = source.end.kind === 'remote' ? source.end.last?.location : undefined;
  return `${cargoVersion} ${location ?? source.source}`;
}

/** Folders of registries that cargo made in its index, sorted. */
export function listIndexFolders(fetchHome: string): readonly string[] {
  return readdirSync(join(fetchHome, 'registry/index')).filter(isFolderName).sort();
}

/**
 * The archive of a crate below `registry/cache`, looked for in the source's known folder first. Where more registries have
 * one of that name, whosever project brought them, it is the one with the sum; one with another sum only where none has it.
 */
export function findArchive(
  fetchHome: string,
  first: string | undefined,
  fileName: string,
  sha256: string,
): string | null {
  const cache = join(fetchHome, 'registry/cache');
  const folders = new Set([...(first === undefined ? [] : [first]), ...readdirSync(cache).filter(isFolderName)]);
  const files = [...folders].map((folder) => join(cache, folder, fileName)).filter((file) => existsSync(file));
  const [only = null] = files;
  return files.length < 2 ? only : (files.find((file) => sumFile(file) === sha256) ?? only);
}

function isFolderName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z0-9_.-]*-[0-9a-f]{16}$/.test(name);
}
