import { realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { HiddenPath, SecretFacts } from './facts.ts';
import { followGitFile } from './git-tracking.ts';
import { type RepositoryJudge, repositoryJudge } from './judge-repository.ts';
import { openListingCache } from './listing-cache.ts';
import { below, isUtf8, isWithin } from './path-within.ts';
import { entriesOf, statOf } from './read-bytes.ts';
import { type ShowPatterns, showPatterns } from './show-patterns.ts';
import { type Vouchers, type Vouching, vouchersFor } from './vouch.ts';
import { type Candidate, type Repository, type Walk, walkProject, walkSources } from './walk-project.ts';

export interface SecretSearch {
  readonly mountRoot: string;
  readonly workspace: string;
  /** `repository`: only the `.git` of the mount root is looked at. */
  readonly scope: 'project' | 'repository';
  /** Patterns of files that are shown all the same, relative to the workspace. */
  readonly show: readonly string[];
  /** The user's own: CARGO_HOME, RUSTUP_HOME and what we keep. Absolute; a CI has them in the checkout. */
  readonly toolPaths: readonly string[];
  /** Where is remembered what was seen. */
  readonly cacheFile: string;
}

/** What of one folder a box does not see as it is, and whether a stranger could read the rest. */
export type FoundSecrets = Pick<SecretFacts, 'hidden' | 'cleaned' | 'closed'>;

/** Each one is a mount of the box. */
const mostHidden = 1000;
/** How many entries of a folder of secrets are looked at one by one. */
const mostExpanded = 5000;

interface Work {
  readonly search: SecretSearch;
  readonly vouchers: Vouchers;
  readonly show: ShowPatterns;
  readonly hidden: HiddenPath[];
  /** Folders called `target` that git tracks and cargo has not marked: sources like all others. */
  readonly sources: Candidate[];
  expandedLeft: number;
}

/**
 * What a box must not see of a project: files and folders with a secret's name, unless git (or the list of a vendored
 * crate) knows these very bytes, so that others have them too. What cannot be looked at is hidden or refused.
 */
export function findSecrets(search: SecretSearch): Result<FoundSecrets> {
  const cache = openListingCache(search.cacheFile);
  const tools = search.scope === 'project' ? toolCandidates(search) : [];
  const apart = new Set(tools.map(({ path }) => path));
  const walk = search.scope === 'project' ? walkProject(search.mountRoot, apart, cache) : onlyRepository;
  if (walk.incomplete !== null) return failure(tooMuch(search, walk.incomplete));
  const show = showPatterns(search.show, search.workspace);
  const vouchers = vouchersFor(search.mountRoot, cache);
  const hidden = [...walk.hidden, ...resultsToCome(search)];
  const work: Work = { search, show, vouchers, hidden, sources: [], expandedLeft: mostExpanded };
  judgeBatch(work, '', [...walk.candidates, ...tools.map((tool) => within(tool, walk.repositories))]);
  const walks = [walk];
  // In a folder of that name another one can stand: each round looks one deeper.
  for (let done = 0; done < work.sources.length; ) {
    const more = walkSources(search.mountRoot, cache, work.sources.slice(done));
    if (more.incomplete !== null) return failure(tooMuch(search, more.incomplete));
    done = work.sources.length;
    work.hidden.push(...more.hidden);
    judgeBatch(work, `sources ${walks.length}`, more.candidates);
    walks.push(more);
  }
  const repositories = judgeRepositories(search.mountRoot, walks, vouchers);
  cache.save();
  if (repositories.isFull()) return failure(tooMuch(search, 'it has too many repositories'));
  const settled = settle(search, [...work.hidden, ...repositories.hidden], repositories);
  const closed = walks.find((one) => one.closed !== null)?.closed ?? null;
  return settled.ok ? success({ ...settled.value, closed }) : settled;
}

const onlyRepository: Walk = {
  candidates: [],
  repositories: [{ root: '', marker: 'folder' }],
  bare: [],
  hidden: [],
  incomplete: null,
  closed: null,
};

function judgeBatch(work: Work, batch: string, candidates: readonly Candidate[]): void {
  if (candidates.length === 0) return;
  const vouching = work.vouchers.ask(batch, candidates);
  for (const candidate of candidates) {
    const { path, kind, reason } = candidate;
    const isShown = reason !== 'tool' && (kind === 'file' ? work.show.matches(path) : work.show.matchesBelow(path));
    if (isSources(work, candidate, vouching)) work.sources.push(candidate);
    else if (kind === 'folder' && (isShown || vouching.holdsTracked(candidate))) expand(work, candidate);
    else if (kind === 'folder' || !(isShown || vouching.isKnown(candidate))) work.hidden.push({ path, kind, reason });
  }
}

function isSources({ search }: Work, candidate: Candidate, vouching: Vouching): boolean {
  if (candidate.reason !== 'target' || candidate.kind !== 'folder' || !vouching.holdsTracked(candidate)) return false;
  return basename(candidate.path) === 'target' && statOf(`${search.mountRoot}/${candidate.path}/CACHEDIR.TAG`) === null;
}

/**
 * The workspace's `target` before there is one: our own export makes it, and a plan is the same before and after. It is
 * covered only where it is there when the box starts.
 */
function resultsToCome({ mountRoot, workspace, scope }: SecretSearch): readonly HiddenPath[] {
  const isProject = scope === 'project' && statOf(join(mountRoot, workspace, 'Cargo.toml')) !== null;
  const isMissing = statOf(join(mountRoot, workspace, 'target')) === null;
  return isProject && isMissing ? [{ path: join(workspace, 'target'), kind: 'folder', reason: 'target' }] : [];
}

/** A folder of secrets in which something may be seen: each entry is judged, whatever its name. */
function expand(work: Work, folder: Candidate): void {
  const entries = entriesOf(join(work.search.mountRoot, folder.path));
  work.expandedLeft -= entries.length;
  if (work.expandedLeft < 0) {
    work.hidden.push({ path: folder.path, kind: 'folder', reason: folder.reason });
    return;
  }
  const candidates: Candidate[] = [];
  for (const entry of entries) {
    const path = `${folder.path}/${entry.name}`;
    if (entry.isDirectory()) candidates.push({ ...folder, path, kind: 'folder' });
    else if (entry.isFile()) candidates.push({ ...folder, path, kind: 'file' });
    else if (!entry.isSymbolicLink()) work.hidden.push({ path, kind: 'file', reason: 'special' });
  }
  judgeBatch(work, folder.path, candidates);
}

function toolCandidates({ mountRoot, toolPaths }: SecretSearch): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  for (const path of toolPaths) {
    let real: string;
    try {
      real = realpathSync.native(path);
    } catch {
      continue;
    }
    if (real === mountRoot || !isWithin(real, mountRoot)) continue;
    const kind = statOf(real)?.isDirectory() === true ? 'folder' : 'file';
    const place = below(real, mountRoot);
    found.set(place, { path: place, kind, reason: 'tool', repository: null, crate: null });
  }
  return [...found.values()];
}

/** The innermost repository around a path. */
function within(candidate: Candidate, repositories: readonly Repository[]): Candidate {
  const around = repositories.filter(({ root }) => root === '' || candidate.path.startsWith(`${root}/`));
  const repository = around.sort((left, right) => right.root.length - left.root.length)[0] ?? null;
  return { ...candidate, repository };
}

function judgeRepositories(mountRoot: string, walks: readonly Walk[], vouchers: Vouchers): RepositoryJudge {
  const judge = repositoryJudge(mountRoot);
  for (const { root, marker } of walks.flatMap(({ repositories }) => repositories)) {
    const path = root === '' ? '.git' : `${root}/.git`;
    const folder = marker === 'folder' ? join(mountRoot, path) : followGitFile(join(mountRoot, path), mountRoot);
    if (folder !== null && folder !== mountRoot && isWithin(folder, mountRoot)) judge.judge(below(folder, mountRoot));
  }
  const bare = walks.flatMap((walk) => walk.bare);
  const vouching = vouchers.ask('bare', bare);
  for (const config of bare) if (!vouching.isKnown(config)) judge.judgeConfig(config.path);
  return judge;
}

/** One list: sorted, nothing twice, and nothing below what is hidden anyway. */
function settle(
  search: SecretSearch,
  found: readonly HiddenPath[],
  { cleaned }: RepositoryJudge,
): Result<FoundSecrets> {
  const sorted = [...found].sort((left, right) => compare(left.path, right.path));
  const folders = new Set(sorted.flatMap(({ path, kind }) => (kind === 'folder' ? [path] : [])));
  const isCovered = (path: string) => {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
      if (folders.has(path.slice(0, at))) return true;
    return false;
  };
  const hidden = sorted.filter(({ path }, at) => path !== sorted[at - 1]?.path && !isCovered(path));
  const odd = hidden.find(({ path }) => !isUtf8(path));
  if (odd !== undefined) return failure(notUtf8(search, odd.path));
  if (hidden.length > mostHidden)
    return failure(tooMuch(search, `more than ${mostHidden} files have names of secrets`));
  const gone = new Set(hidden.map(({ path }) => path));
  const left = cleaned.filter(({ path }) => !gone.has(path) && !isCovered(path));
  return success({ hidden, cleaned: left.sort((one, other) => compare(one.path, other.path)) });
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function notUtf8({ mountRoot }: SecretSearch, path: string): Problem {
  return {
    code: 'path',
    what: `${printable(path)} may be a secret and cannot be hidden from the box`,
    where: { file: mountRoot },
    why: 'its path is not UTF-8',
    fix: 'Rename it, or move it out of the project.',
  };
}

function tooMuch({ mountRoot }: SecretSearch, why: string): Problem {
  return {
    code: 'refused',
    what: `secrets in ${printable(mountRoot)} cannot be hidden from the box`,
    where: { file: mountRoot },
    why,
    fix: 'Move what does not belong to the sources out of the project, or let git track it.',
  };
}
