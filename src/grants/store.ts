import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { failure, type Result, success } from '../base/result.ts';
import { folderNames } from '../host/folder-names.ts';
import type { Locations } from '../host/locations.ts';
import { projectKey, sha256 } from '../host/project-key.ts';
import { notKept } from '../problem/full-disk.ts';
import { printable } from '../problem/problem.ts';
import { longestValue, type Wish } from './ask.ts';
import { readOwnFile } from './read-own-file.ts';

/** What the user granted to one project, as it lies in `<data>/grants/<project key>.json`. */
export interface ProjectGrants {
  /** Real path of the workspace's root. */
  readonly project: string;
  readonly grants: readonly StoredGrant[];
}
export interface StoredGrant extends Wish {
  /** sha256 over key and value: exactly what was asked. */
  readonly sha256: string;
  /** ISO 8601. */
  readonly when: string;
}

export function grantsFolder({ data }: Locations): string {
  return join(data, 'grants');
}

/** The hash of what is asked: both texts, so that no pair can pass for another. */
export function wishHash({ key, value }: Wish): string {
  return sha256(canonicalJson([key, value]));
}

/** The user's grants for a project; none when there is no file. A file that somebody else could have written is refused. */
export function readProjectGrants(locations: Locations, project: string): Result<readonly StoredGrant[]> {
  const read = readFile(grantsFile(locations, project));
  if (!read.ok) return read;
  return success(read.value?.project === project ? read.value.grants : []);
}

/** The grants for all projects, sorted by project. */
export function readAllGrants(locations: Locations): Result<readonly ProjectGrants[]> {
  const folder = grantsFolder(locations);
  const all: ProjectGrants[] = [];
  for (const name of folderNames(folder)) {
    if (!name.endsWith('.json')) continue;
    const read = readFile(join(folder, name));
    if (!read.ok) return read;
    if (read.value !== null) all.push(read.value);
  }
  return success(all.sort((left, right) => (left.project < right.project ? -1 : 1)));
}

/** Replaces a project's grants in one step; with none the file goes away. */
export function writeProjectGrants(
  locations: Locations,
  project: string,
  grants: readonly StoredGrant[],
): Result<void> {
  const file = grantsFile(locations, project);
  if (grants.length > 0) return writeOwnFile(file, canonicalJson({ version: 1, project, grants }, 2));
  rmSync(file, { force: true });
  return success(undefined);
}

/** Writes a file that only the user can read, in one step. */
export function writeOwnFile(file: string, text: string): Result<void> {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const fresh = `${file}.new-${process.pid}`;
    writeFileSync(fresh, text, { mode: 0o600 });
    renameSync(fresh, file);
    return success(undefined);
  } catch (error) {
    return failure(
      notKept(
        `grants cannot be written to ${printable(file)}`,
        error,
        'Make the folder writable, or set CARGO_BOXED_HOME to another one.',
      ),
    );
  }
}

/** Held by whoever changes the grants of a project. */
export function grantsLock(locations: Locations, project: string): string {
  return `${grantsFile(locations, project)}.lock`;
}

function grantsFile(locations: Locations, project: string): string {
  return join(grantsFolder(locations), `${projectKey(project, '')}.json`);
}

function readFile(file: string): Result<ProjectGrants | null> {
  const text = readOwnFile(file);
  if (!text.ok || text.value === null) return text as Result<null>;
  const parsed = parseGrants(text.value);
  if (parsed !== null) return success(parsed);
  return failure({
    code: 'config',
    what: `${printable(file)} cannot be used`,
    where: { file },
    why: 'it is not as cargo-boxed writes it',
    fix: 'Delete it, and grant again what you want.',
  });
}

/** A grant whose hash does not fit its words was changed by hand or half written: the whole file counts as broken. */
function parseGrants(text: string): ProjectGrants | null {
  const parsed = parseRecord(text);
  if (parsed === null || parsed.version !== 1 || typeof parsed.project !== 'string') return null;
  if (!Array.isArray(parsed.grants)) return null;
  const grants: StoredGrant[] = [];
  for (const entry of parsed.grants) {
    const wish = readWish(entry);
    if (wish === null || entry.sha256 !== wishHash(wish) || typeof entry.when !== 'string') return null;
    grants.push({ ...wish, sha256: entry.sha256, when: entry.when });
  }
  return { project: parsed.project, grants };
}

/** A JSON object, or `null` for anything else. Only fields by known names are ever read of it. */
export function parseRecord(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Key and value of a foreign object; own texts of bounded length. */
export function readWish(entry: unknown): Wish | null {
  if (!isRecord(entry) || !Object.hasOwn(entry, 'key') || !Object.hasOwn(entry, 'value')) return null;
  const { key, value } = entry;
  if (typeof key !== 'string' || typeof value !== 'string') return null;
  return key.length <= longestValue && value.length <= longestValue ? { key, value } : null;
}
