import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { holdLock } from '../../host/hold-lock.ts';
import { cacheFolders } from '../../host/locations.ts';
import { isAliveWord } from '../../host/owner.ts';
import type { DebianPins } from '../../lock/pins.ts';
import { notKept } from '../../problem/full-disk.ts';
import type { Problem } from '../../problem/problem.ts';
import { buildDebianRoot } from './build-root.ts';
import { checkDebianPins } from './check-pins.ts';
import { makeCacheFolder } from './deb-cache.ts';
import type { DebianHost } from './debian-host.ts';
import type { DebianRoot } from './debian-root.ts';
import { fetchDebianPackages } from './fetch-packages.ts';
import { installPackages } from './install-packages.ts';
import { keepAddedRoot } from './keep-added-root.ts';
import type { RootTar } from './root-tar.ts';
import { unpackRoot } from './unpack-root.ts';

/** The root of these pins, if it is in the cache: a matter of microseconds. */
export function findDebianRoot(host: Pick<DebianHost, 'locations'>, rootSha256: string): DebianRoot | null {
  const path = join(host.locations.cache, cacheFolders.roots, rootSha256);
  const there = /^[0-9a-f]{64}$/.test(rootSha256) && existsSync(path) && statSync(path).isDirectory();
  return there ? { path, sha256: rootSha256 } : null;
}

/** Gives the pinned root: from the cache, else made anew from the pinned packages and only taken if it is the same. */
export async function prepareDebianRoot(host: DebianHost, pins: DebianPins): Promise<Result<DebianRoot>> {
  const checked = checkDebianPins(pins);
  if (!checked.ok) return checked;
  const cached = findDebianRoot(host, pins.rootSha256);
  if (cached !== null) return success(cached);
  return oneAtATime(host, async () => {
    const made = findDebianRoot(host, pins.rootSha256);
    return made === null ? makePinnedRoot(host, pins) : success(made);
  });
}

/** Makers of roots wait for each other: two at once would not be faster, and the second mostly finds its root there. */
export async function oneAtATime<T>(host: DebianHost, work: () => Promise<Result<T>>): Promise<Result<T>> {
  const file = join(host.locations.state, 'debian-root.lock');
  const onWait = (holder: string) =>
    host.onProgress({ kind: 'step', text: `Waiting for another cargo-boxed: ${holder}` });
  const signal = host.signal ?? new AbortController().signal;
  const held = await holdLock(file, 'making a root file system', onWait, signal, work);
  return held.ok ? held.value : held;
}

/** The base of pins whose root has packages added to it. */
export function basePins({ added, ...pins }: DebianPins): DebianPins {
  return added === undefined ? pins : { ...pins, layers: [], rootSha256: added.baseSha256 };
}

async function makePinnedRoot(host: DebianHost, pins: DebianPins): Promise<Result<DebianRoot>> {
  if (pins.added === undefined) return makePinnedBase(host, pins);
  const base = findDebianRoot(host, pins.added.baseSha256);
  const made = base === null ? await makePinnedBase(host, basePins(pins)) : success(base);
  if (!made.ok) return made;
  return addToRoot(host, made.value, { suite: pins.suite, ...pins.added }, pins.rootSha256);
}

/** Brings these packages and installs them on top of a root. With an `expected` sum nothing else is taken. */
export async function addToRoot(
  host: DebianHost,
  base: DebianRoot,
  added: Pick<DebianPins, 'suite' | 'snapshot' | 'packages'>,
  expected: string | null,
): Promise<Result<DebianRoot>> {
  // The base may have all of it.
  if (added.packages.length === 0) return success(base);
  const fetched = await fetchDebianPackages(host, added);
  if (!fetched.ok) return fetched;
  const installed = await installPackages(host, base.path, added.packages);
  if (!installed.ok) return installed;
  try {
    const roots = makeCacheFolder(join(host.locations.cache, cacheFolders.roots));
    if (!roots.ok) return roots;
    await removeUnfinished(roots.value);
    const kept = await keepAddedRoot(base, installed.value.path, roots.value, expected);
    return 'found' in kept ? failure(otherRoot(expected ?? '', kept.found)) : success(kept);
  } catch (error) {
    return failure(rootNotKept(error));
  } finally {
    await installed.value.remove();
  }
}

function rootNotKept(error: unknown): Problem {
  if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  return notKept('the root cannot be kept in the cache', error, otherCache);
}

const otherCache = 'Make the cache folder writable, or set CARGO_BOXED_HOME to another one.';

async function makePinnedBase(host: DebianHost, pins: DebianPins): Promise<Result<DebianRoot>> {
  const fetched = await fetchDebianPackages(host, pins);
  if (!fetched.ok) return fetched;
  const tar = await buildDebianRoot(host, pins.packages);
  if (!tar.ok) return tar;
  try {
    if (tar.value.sha256 === pins.rootSha256) return await keepRoot(host, tar.value);
    return failure(otherRoot(pins.rootSha256, tar.value.sha256));
  } finally {
    await tar.value.remove();
  }
}

function otherRoot(expected: string, found: string): Problem {
  return {
    code: 'checksum-mismatch',
    what: 'the root made from the pinned packages is not the pinned one',
    why: `expected sha256 ${expected}, got ${found}`,
    fix: 'Run `cargo-boxed lock` to pin the root that this machine makes.',
  };
}

/** Unpacks a finished root into the cache. */
export async function keepRoot(host: DebianHost, tar: RootTar): Promise<Result<DebianRoot>> {
  const roots = makeCacheFolder(join(host.locations.cache, cacheFolders.roots));
  if (!roots.ok) return roots;
  await removeUnfinished(roots.value);
  host.onProgress({ kind: 'step', text: 'Moving the root into the cache' });
  const path = await unpackRoot(host, tar.file, roots.value, tar.sha256);
  return path.ok ? success({ path: path.value, sha256: tar.sha256 }) : path;
}

/** Half-unpacked roots of runs that were killed. */
async function removeUnfinished(roots: string): Promise<void> {
  for (const name of readdirSync(roots)) {
    if (!name.startsWith('.new-') || isAliveWord(name.slice('.new-'.length))) continue;
    await rm(join(roots, name), { recursive: true, force: true });
  }
}
