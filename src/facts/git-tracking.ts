import { dirname, join, resolve } from 'node:path';
import { type IndexReading, readGitIndex, type VisitEntry } from './git-index.ts';
import type { ListingCache } from './listing-cache.ts';
import { isWithin, realPath } from './path-within.ts';
import { readBytes, statOf } from './read-bytes.ts';
import { usesSha256, worktreeOf } from './sanitise-git-config.ts';

const mostIndexBytes = 256 * 1024 * 1024;
const mostTextBytes = 1024 * 1024;
const regularFile = 0o100000;

/** What git's index says of paths below a repository. */
export interface Tracking {
  /** For each file its ids, as `sha1:…` or `sha256:…`: more than one where it is being merged. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** Folders, of those that were asked for, below which git tracks something. */
  readonly folders: ReadonlySet<string>;
}
const nothing: Tracking = { files: new Map(), folders: new Set() };

/** What is looked up in one go, relative to the repository. */
export interface Question {
  /** Tells apart what is remembered. */
  readonly batch: string;
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/**
 * Looks paths up in a repository's index. One that is missing, damaged or too big tracks nothing: what would be visible
 * for its sake is hidden then.
 */
export function lookUpTracked(gitFolder: string, { batch, files, folders }: Question, cache: ListingCache): Tracking {
  const stat = statOf(join(gitFolder, 'index'));
  if (stat === null || files.length + folders.length === 0) return nothing;
  const answer = cache.answer(`${gitFolder}\0${batch}`, JSON.stringify([files, folders]), stat, () => {
    const found = search(gitFolder, new Set(files), folders);
    return JSON.stringify({ files: [...found.files], folders: [...found.folders] });
  });
  const found = JSON.parse(answer);
  return { files: new Map(found.files), folders: new Set(found.folders) };
}

function search(gitFolder: string, files: ReadonlySet<string>, folders: readonly string[]): Tracking {
  const config = readBytes(join(gitFolder, 'config'), mostTextBytes)?.toString('latin1') ?? '';
  const hash = usesSha256(config) ? 'sha256' : 'sha1';
  const lengths = new Set([...files].map((path) => Buffer.byteLength(path)));
  const wantedFolders = new Set(folders);
  const found = { files: new Map<string, string[]>(), folders: new Set<string>() };
  const visit: VisitEntry = (name, mode, id) => {
    if (wantedFolders.size > 0) {
      for (const folder of foldersAbove(name.toString())) if (wantedFolders.has(folder)) found.folders.add(folder);
    }
    if (!lengths.has(name.length) || (mode & 0o170000) !== regularFile) return;
    const path = name.toString();
    if (files.has(path)) found.files.set(path, [...(found.files.get(path) ?? []), `${hash}:${id.toString('hex')}`]);
  };
  const first = readOne(join(gitFolder, 'index'), hash, visit);
  if (first.kind === 'damaged') return nothing;
  if (first.sharedIndex === null || /^0*$/.test(first.sharedIndex)) return found;
  const shared = readOne(join(gitFolder, `sharedindex.${first.sharedIndex}`), hash, visit);
  return shared.kind === 'damaged' ? nothing : found;
}

function foldersAbove(path: string): readonly string[] {
  const above: string[] = [];
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) above.push(path.slice(0, at));
  return above;
}

function readOne(file: string, hash: 'sha1' | 'sha256', visit: VisitEntry): IndexReading {
  const bytes = readBytes(file, mostIndexBytes);
  return bytes === null ? { kind: 'damaged' } : readGitIndex(bytes, hash === 'sha1' ? 20 : 32, visit);
}

/**
 * The repository that a file `.git` names: of a worktree or a submodule; in the mount root by its real path, and none
 * where a link leads out of it. One outside of the mount root counts only if it names this place in turn, which git
 * wrote there and no archive that somebody unpacked.
 */
export function followGitFile(file: string, mountRoot: string): string | null {
  const text = readBytes(file, mostTextBytes)?.toString('utf8') ?? '';
  const named = /^gitdir: ([^\n]+)\n?$/.exec(text)?.[1];
  if (named === undefined) return null;
  const folder = resolve(dirname(file), named);
  if (isWithin(folder, mountRoot)) {
    const real = realPath(folder);
    return real.ok && real.value !== null && isWithin(real.value, mountRoot) ? real.value : null;
  }
  const back = readBytes(join(folder, 'gitdir'), mostTextBytes)?.toString('utf8').trimEnd();
  if (back !== undefined) return resolve(folder, back) === file ? folder : null;
  const config = readBytes(join(folder, 'config'), mostTextBytes)?.toString('utf8') ?? '';
  const worktree = worktreeOf(config);
  return worktree !== null && resolve(folder, worktree) === dirname(file) ? folder : null;
}
