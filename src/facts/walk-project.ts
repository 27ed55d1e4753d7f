import { realpathSync, type Stats } from 'node:fs';
import { basename, join } from 'node:path';
import type { HiddenPath } from './facts.ts';
import { type FolderListing, type Found, isClosed, listFolder, looksAtModes } from './list-folder.ts';
import type { ListingCache } from './listing-cache.ts';
import { below, isWithin } from './path-within.ts';
import { statOf } from './read-bytes.ts';

/** More than a hundred times what large projects have. */
export const walkLimits = { folders: 300_000, depth: 100, pathBytes: 3000 } as const;

/** Something with a secret's name, and who could vouch for its bytes. */
export interface Candidate {
  /** Relative to the mount root, as all paths here. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly reason: 'secret' | 'tool' | 'target';
  readonly repository: Repository | null;
  /** The folder of the vendored crate that it lies in. */
  readonly crate: string | null;
}

export interface Repository {
  /** The folder that git tracks. */
  readonly root: string;
  /** Its `.git`, and whether that is a file which names the repository. */
  readonly marker: 'folder' | 'file';
}

export interface Walk {
  readonly candidates: readonly Candidate[];
  readonly repositories: readonly Repository[];
  /** Configurations of folders that are built like a repository of their own. */
  readonly bare: readonly Candidate[];
  readonly hidden: readonly HiddenPath[];
  /** Why not everything was seen. */
  readonly incomplete: string | null;
  /** The first file or folder that others than its owner may not read. */
  readonly closed: string | null;
}

interface Surroundings {
  readonly repository: Repository | null;
  readonly crate: string | null;
}

interface Work {
  readonly mountRoot: string;
  readonly cache: ListingCache;
  /** Not looked into: they are hidden whatever is in them. */
  readonly apart: ReadonlySet<string>;
  readonly candidates: Candidate[];
  readonly repositories: Repository[];
  readonly bare: Candidate[];
  readonly hidden: HiddenPath[];
  foldersLeft: number;
  incomplete: string | null;
  closed: string | null;
}

const mountRootName = 'the project’s folder';

/** Looks at every folder of a project that is not a link, and at no file. */
export function walkProject(mountRoot: string, apart: ReadonlySet<string>, cache: ListingCache): Walk {
  const work = newWork(mountRoot, apart, cache);
  walkFolder(work, '', 0, { repository: null, crate: null });
  return work;
}

function newWork(mountRoot: string, apart: ReadonlySet<string>, cache: ListingCache): Work {
  const found = { candidates: [], repositories: [], bare: [], hidden: [] };
  return { mountRoot, cache, apart, ...found, foldersLeft: walkLimits.folders, incomplete: null, closed: null };
}

/** Looks at folders that were passed by at first, since they could have been host cargo's results and are sources. */
export function walkSources(mountRoot: string, cache: ListingCache, starts: readonly Candidate[]): Walk {
  const work = newWork(mountRoot, new Set(), cache);
  for (const { path, repository, crate } of starts) {
    walkFolder(work, path, path.split('/').length, { repository, crate });
  }
  return work;
}

function closedAt(path: string, { mode }: Stats, { closed }: FolderListing): string | null {
  if (looksAtModes && isClosed(mode, true)) return path === '' ? mountRootName : path;
  return closed === null || path === '' ? closed : `${path}/${closed}`;
}

function walkFolder(work: Work, path: string, depth: number, around: Surroundings): void {
  if (work.incomplete !== null || work.apart.has(path)) return;
  work.foldersLeft -= 1;
  if (work.foldersLeft < 0) {
    work.incomplete = `it has more than ${walkLimits.folders} folders`;
    return;
  }
  if (depth > walkLimits.depth || path.length > walkLimits.pathBytes) {
    // Nobody looked into it, so nobody in a box does.
    work.hidden.push({ path, kind: 'folder', reason: 'special' });
    return;
  }
  const folder = path === '' ? work.mountRoot : `${work.mountRoot}/${path}`;
  const stat = statOf(folder);
  if (stat === null || !stat.isDirectory()) return;
  const listing = work.cache.listing(path, stat, () => listFolder(folder, basename(folder)));
  if (listing === null) return;
  if (path !== '' && listing.found[0]?.[0] === 'results') {
    work.candidates.push({ path, kind: 'folder', reason: 'target', ...around });
    return;
  }
  work.closed ??= closedAt(path, stat, listing);
  const here = listing.found.length === 0 ? around : takeFound(work, path, listing.found, around);
  const prefix = path === '' ? '' : `${path}/`;
  for (const name of listing.folders) walkFolder(work, prefix + name, depth + 1, here);
}

/** Takes what matters of a folder, and says what holds for what is below it. */
function takeFound(work: Work, folder: string, found: readonly Found[], around: Surroundings): Surroundings {
  const marker = found.find(([kind]) => kind === 'git-folder' || kind === 'git-file')?.[0];
  const repository: Repository | null =
    marker === undefined ? around.repository : { root: folder, marker: marker === 'git-folder' ? 'folder' : 'file' };
  if (repository !== null && marker !== undefined) work.repositories.push(repository);
  const crate = found.some(([kind]) => kind === 'checksums') ? folder : around.crate;
  const here = { repository, crate };
  for (const [kind, name] of found) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (!work.apart.has(path)) takeOne(work, kind, path, here);
  }
  return here;
}

function takeOne(work: Work, kind: Found[0], path: string, here: Surroundings): void {
  if (kind === 'bare') work.bare.push({ path, kind: 'file', reason: 'tool', ...here });
  else if (kind === 'special') work.hidden.push({ path, kind: 'file', reason: 'special' });
  else if (kind === 'secret-file') work.candidates.push({ path, kind: 'file', reason: 'secret', ...here });
  else if (kind === 'secret-folder') work.candidates.push({ path, kind: 'folder', reason: 'secret', ...here });
  else if (kind === 'secret-link') takeLink(work, path, here, 'secret');
  else if (kind === 'target-link') takeLink(work, path, here, 'target');
  else if (kind === 'target') takeTarget(work, path, here);
}

/** A package may be called so; then it is walked as all others are. */
function takeTarget(work: Work, path: string, here: Surroundings): void {
  const isPackage = statOf(`${work.mountRoot}/${path}/Cargo.toml`)?.isFile() === true;
  if (isPackage) walkFolder(work, path, path.split('/').length, here);
  else work.candidates.push({ path, kind: 'folder', reason: 'target', ...here });
}

/** A link with a secret's name makes a secret of what it leads to, whatever that is called. */
function takeLink(work: Work, path: string, here: Surroundings, reason: 'secret' | 'target'): void {
  let target: string;
  try {
    target = realpathSync.native(join(work.mountRoot, path));
  } catch {
    return;
  }
  if (target === work.mountRoot || !isWithin(target, work.mountRoot)) return;
  const stat = statOf(target);
  const real = below(target, work.mountRoot);
  if (stat?.isFile()) work.candidates.push({ path: real, kind: 'file', reason, ...here });
  else if (stat?.isDirectory() && !isWithin(join(work.mountRoot, path), target)) {
    work.candidates.push({ path: real, kind: 'folder', reason, ...here });
  }
}
