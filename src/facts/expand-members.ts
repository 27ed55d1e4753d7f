import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { type Locate, locateValue } from '../toml/locate-value.ts';
import { hasWildcard, matchesName, type NamePattern, parseNamePattern } from './match-name.ts';
import { isUtf8, isWithin, realPath } from './path-within.ts';
import type { Manifest } from './read-manifest.ts';

export interface MemberFolder {
  readonly folder: string;
  /** Where the workspace names it, for messages. */
  readonly where: Locate;
  /** Cargo insists on a Cargo.toml in both; where a glob meets none we leave it to its own words. */
  readonly by: 'name' | 'glob';
}

/** Entries of folders that all globs of one workspace may look at together, and steps that they may take. */
const maximumEntries = 300_000;
/** The longest path that Linux opens: what is longer leads nowhere, and each part of it would be walked. */
const maximumPathBytes = 4096;

/** The folders that `workspace.members` names, in cargo's own reading of globs, within `mountRoot`. */
export function expandMembers(
  root: Manifest,
  patterns: readonly string[],
  mountRoot: string,
): Result<readonly MemberFolder[]> {
  const members: MemberFolder[] = [];
  const walk: Walk = { mountRoot, entriesLeft: maximumEntries, listings: new Map() };
  for (const pattern of patterns) {
    const where = () => locateValue(root.text, root.file, pattern, ['members']);
    const folders = expand(root.folder, pattern, walk, where);
    if (!folders.ok) return folders;
    for (const folder of folders.value) members.push({ folder, where, by: hasWildcard(pattern) ? 'glob' : 'name' });
    if (folders.value.length === 0) members.push({ folder: resolve(root.folder, pattern), where, by: 'name' });
  }
  return success(members);
}

interface Walk {
  readonly mountRoot: string;
  entriesLeft: number;
  readonly listings: Map<string, readonly Dirent[]>;
}

type Part = string | NamePattern | 'any-depth';

function expand(rootFolder: string, pattern: string, walk: Walk, where: Locate): Result<readonly string[]> {
  if (Buffer.byteLength(pattern) > maximumPathBytes) return failure(notAGlob(where, 'it is longer than any path'));
  if (!hasWildcard(pattern)) return success([resolve(rootFolder, pattern)]);
  const parts = parsePattern(pattern);
  if (parts === null) return failure(notAGlob(where, globRules));
  // Each part narrows or widens the folders found so far; a set, so that `**/**` counts no folder twice.
  let folders = new Set([pattern.startsWith('/') ? '/' : rootFolder]);
  for (const part of parts) {
    const next = new Set<string>();
    for (const folder of folders) {
      walk.entriesLeft -= costOf(part);
      if (walk.entriesLeft < 0) return failure(tooMuch(where));
      const step = advance(folder, part, walk, where);
      if (!step.ok) return step;
      for (const found of step.value) next.add(found);
    }
    folders = next;
  }
  return success([...folders].filter(isFolder));
}

function notAGlob(where: Locate, why: string): Problem {
  return { code: 'manifest', what: 'a member of the workspace is no valid glob', where: where(), why };
}

const globRules = '`**` must stand alone between slashes, and `[` needs its `]`';

function parsePattern(pattern: string): readonly Part[] | null {
  const parts: Part[] = [];
  for (const part of pattern.split('/')) {
    const before = parts.at(-1);
    if (part === '' || part === '.') continue;
    if (part === '**') {
      if (before !== 'any-depth') parts.push('any-depth');
    } else if (hasWildcard(part)) {
      const parsed = parseNamePattern(part);
      if (parsed === null) return null;
      parts.push(parsed);
    } else if (typeof before === 'string' && before !== 'any-depth') {
      // One step, however many of them follow each other: each costs as much as the path is long.
      parts[parts.length - 1] = `${before}/${part}`;
    } else parts.push(`/${part}`);
  }
  return parts;
}

/** Of one step: names of a path cost as much as it is long. */
function costOf(part: Part): number {
  return typeof part === 'string' ? Math.ceil(part.length / 16) : 1;
}

function advance(folder: string, part: Part, walk: Walk, where: Locate): Result<readonly string[]> {
  if (part === 'any-depth') return foldersBelow(folder, walk, where);
  // Literal parts carry a slash in front, so that a folder called `any-depth` is not taken for the wildcard.
  if (typeof part === 'string') return success([join(folder, part)]);
  const entries = list(folder, walk, where);
  if (!entries.ok) return entries;
  const matching = entries.value.filter((entry) => matchesName(part, entry.name));
  const broken = matching.find((entry) => !isUtf8(entry.name));
  if (broken !== undefined) return failure(notUtf8(folder, where));
  return success(matching.map((entry) => join(folder, entry.name)));
}

function foldersBelow(start: string, walk: Walk, where: Locate): Result<readonly string[]> {
  const found = [start];
  const seen = new Set<string>();
  for (let at = 0; at < found.length; at++) {
    const folder = found[at] as string;
    const entries = list(folder, walk, where);
    if (!entries.ok) return entries;
    for (const entry of entries.value) {
      if (!isUtf8(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) {
        // Links into a circle or back up would be walked for ever: each real folder is entered once through a link.
        const real = realPath(path);
        if (!real.ok || real.value === null || seen.has(real.value) || isWithin(folder, real.value)) continue;
        seen.add(real.value);
      }
      found.push(path);
    }
  }
  return success(found);
}

/** The folders (and links) in a folder; none when it is not there or lies outside of what is mounted. */
function list(folder: string, walk: Walk, where: Locate): Result<readonly Dirent[]> {
  const known = walk.listings.get(folder);
  const real = known === undefined ? realPath(folder, where) : null;
  if (real !== null && !real.ok) return success([]);
  if (real !== null && (real.value === null || !isWithin(real.value, walk.mountRoot))) return success([]);
  const entries = known ?? readFolders(folder);
  walk.listings.set(folder, entries);
  walk.entriesLeft -= entries.length + 1;
  if (walk.entriesLeft >= 0) return success(entries);
  return failure(tooMuch(where));
}

function tooMuch(where: Locate): Problem {
  return {
    code: 'manifest',
    what: 'the globs of workspace.members match too much',
    where: where(),
    why: `they look at more than ${maximumEntries} folders`,
    fix: 'Name the folders of the members instead.',
  };
}

function readFolders(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() || entry.isSymbolicLink(),
    );
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}

function notUtf8(folder: string, where: Locate) {
  return {
    code: 'path',
    what: `a folder in ${printable(folder)} has a name that is not UTF-8`,
    where: where(),
    why: 'the glob would make it a member, and manifests can name paths in UTF-8 only',
    fix: 'Rename it, or name the members without a glob.',
  } as const;
}
