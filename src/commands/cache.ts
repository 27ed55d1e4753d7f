import { closeSync, constants, existsSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import type { CacheExport } from '../cache/export-cache.ts';
import type { ImportedCache } from '../cache/import-cache.ts';
import { findArchive } from '../fetch/index-folders.ts';
import { type LockedCrate, lockPackages } from '../fetch/lock-packages.ts';
import { cacheFolders } from '../host/locations.ts';
import { makeNotedFolder, writeNoted } from '../host/noted-path.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { usage } from '../invocation/usage-problems.ts';
import { allPackages } from '../lock/pin-changes.ts';
import { notKept } from '../problem/full-disk.ts';
import { printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { boxIdentity } from './pipeline/box-owner.ts';
import { gather } from './pipeline/gather.ts';
import type { Planned } from './pipeline/make-plan.ts';
import { planCargo } from './pipeline/plan-cargo.ts';
import { targetFolder, targetPath } from './pipeline/target-folder.ts';
import type { Session } from './session.ts';

const forms = 'Write `cargo-boxed cache export FILE` or `cargo-boxed cache import FILE`.';

/** Carries what was built and fetched for a project to another machine: one file, for a CI to keep. */
export async function cache(session: Session, { arguments: words }: OwnCommand): Promise<Result<Answer>> {
  const [action, name] = words;
  if ((action !== 'export' && action !== 'import') || name === undefined)
    return failure(usage('`cache` lacks a word', forms));
  const planned = await plannedBuild(session);
  if (!planned.ok) return planned;
  const file = resolve(session.directory, name);
  try {
    return await (action === 'export' ? exported : imported)(session, planned.value, file);
  } catch (error) {
    if ((error as Error).message === grownShorter) return failure(beingBuilt);
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return failure(notKept('the cache could not be written', error, 'Free some space, or name another file.'));
  }
}

/** What the packer says of a file that has fewer bytes than it had when it was opened. */
const grownShorter = 'Size mismatch';
const beingBuilt = {
  code: 'storage',
  what: 'the target changes while it is exported',
  why: 'another command of this project seems to run',
  fix: 'Wait until it has ended, then export again: nothing was written.',
} as const;

/** Of `build`: all commands of one environment share its target. */
async function plannedBuild(session: Session): Promise<Result<Planned>> {
  const gathered = await gather(session, { manifestPath: null, project: 'needed' });
  if (!gathered.ok) return gathered;
  const build = { kind: 'cargo', name: 'build', arguments: [], globalArguments: [] } as const;
  return planCargo(session, gathered.value, build);
}

async function exported(session: Session, planned: Planned, file: string): Promise<Result<Answer>> {
  const { identity } = planned.plan;
  const target = targetPath(session.locations, planned.facts.project, identity, boxIdentity(session, planned));
  const crates = lockedCrates(planned);
  if (!crates.ok) return crates;
  const wanted: CacheExport = {
    identity,
    target: existsSync(target) ? target : null,
    packages: lockedPackages(planned).map((sha256) => ({ sha256, path: join(debFolder(session), `${sha256}.deb`) })),
    crates: crates.value.flatMap((crate) => archiveOf(session, crate)),
  };
  const { exportCache } = await import('../cache/export-cache.ts');
  const done = await writeNoted(session.locations.state, file, (fresh) => exportCache(wanted, fresh));
  const { files, sizeBytes, leftOut } = done;
  const rest = leftOut === 0 ? '' : `; ${leftOut} of the target were no files and stayed`;
  const text = `Cache in ${printable(file)}: ${files} files, ${Math.ceil(sizeBytes / 1e6)} MB${rest}\n`;
  return success({ status: 0, text, data: { file, files, sizeBytes, leftOut, identity } });
}

async function imported(session: Session, planned: Planned, file: string): Promise<Result<Answer>> {
  const opened = openArchive(file);
  if (!opened.ok) return opened;
  // The first run of a CI has none, and is no failure.
  if (opened.value === null) {
    const text = `There is no ${printable(file)}: nothing to take over\n`;
    return success({ status: 0, text, data: { file, found: false } });
  }
  try {
    const done = await takeOver(session, planned, file, opened.value);
    if (!done.ok) return done;
    const { packages, crates, target, passedOver } = done.value;
    const rest = passedOver === 0 ? '' : `; ${passedOver} passed over, which no lock names`;
    const text = `Taken over: ${packages} Debian packages, ${crates} crates; target: ${target}${rest}\n`;
    return success({ status: 0, text, data: { file, found: true, ...done.value } });
  } finally {
    closeSync(opened.value);
  }
}

async function takeOver(
  session: Session,
  planned: Planned,
  file: string,
  descriptor: number,
): Promise<Result<ImportedCache>> {
  const { locations } = session;
  const { project } = planned.facts;
  const crates = lockedCrates(planned);
  if (!crates.ok) return crates;
  const user = boxIdentity(session, planned);
  const place = targetPath(locations, project, planned.plan.identity, user);
  mkdirSync(locations.cache, { recursive: true, mode: 0o700 });
  const draft = existsSync(place) ? null : makeNotedFolder(locations.state, join(locations.cache, 'import-'));
  try {
    const { importCache } = await import('../cache/import-cache.ts');
    const done = await importCache({
      file,
      descriptor,
      identity: planned.plan.identity,
      target: draft === null ? null : { draft: draft.path, place },
      owner: user.kind === 'stranger' ? user.owner : null,
      packageFolder: debFolder(session),
      crateFolder: crateFolder(session),
      packages: new Set(lockedPackages(planned)),
      crates: sumsByFile(crates.value),
    });
    if (!done.ok || done.value.target !== 'imported') return done;
    // The folder that has just got its place: its owner, and the note beside it.
    const settled = targetFolder(locations, project, planned.plan.identity, user);
    return settled.ok ? done : settled;
  } finally {
    if (draft !== null) {
      await rm(draft.path, { recursive: true, force: true });
      draft.forget();
    }
  }
}

/** Held open, so that what was looked at is what is read; `null`: there is none. */
function openArchive(file: string): Result<number | null> {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    if (fstatSync(descriptor).isFile()) return success(descriptor);
    closeSync(descriptor);
    const what = 'the cache is not taken over';
    return failure({ code: 'path', what, where: { file }, why: 'it is no regular file', fix: forms });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return success(null);
    throw error;
  }
}

function lockedPackages({ settled, config }: Planned): readonly string[] {
  const { debian } = settled.pins;
  return debian === undefined || config.environment.value !== 'debian'
    ? []
    : [...allPackages(debian).values()].map(({ sha256 }) => sha256);
}

function lockedCrates({ facts }: Planned): Result<readonly LockedCrate[]> {
  const { lockfile } = facts.project;
  if (lockfile.state === 'missing') return success([]);
  const packages = lockPackages(lockfile.text);
  return packages.ok ? success(packages.value.crates) : packages;
}

const fileOf = ({ name, version }: LockedCrate) => `${name}-${version}.crate`;

function archiveOf(session: Session, crate: LockedCrate): CacheExport['crates'] {
  const file = fileOf(crate);
  if (!existsSync(crateFolder(session))) return [];
  const path = findArchive(fetchHome(session), undefined, file, crate.sha256);
  const folder = path?.split('/').at(-2);
  return path === null || folder === undefined ? [] : [{ folder, file, path }];
}

function sumsByFile(crates: readonly LockedCrate[]): ReadonlyMap<string, ReadonlySet<string>> {
  const sums = new Map<string, Set<string>>();
  for (const crate of crates) {
    const known = sums.get(fileOf(crate)) ?? new Set();
    sums.set(fileOf(crate), known.add(crate.sha256));
  }
  return sums;
}

const debFolder = ({ locations }: Session) => join(locations.cache, cacheFolders.debs);
const fetchHome = ({ locations }: Session) => join(locations.cache, cacheFolders.fetchHome);
const crateFolder = (session: Session) => join(fetchHome(session), 'registry/cache');
