import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { holdLock } from '../../host/hold-lock.ts';
import { cacheFolders } from '../../host/locations.ts';
import { isAliveWord } from '../../host/owner.ts';
import type { DebianPins } from '../../lock/pins.ts';
import { buildDebianRoot } from './build-root.ts';
import { checkDebianPins } from './check-pins.ts';
import { makeCacheFolder } from './deb-cache.ts';
import type { DebianHost } from './debian-host.ts';
import { fetchDebianPackages } from './fetch-packages.ts';
import type { RootTar } from './root-tar.ts';
import { unpackRoot } from './unpack-root.ts';

/** A root file system in the cache. */
export interface DebianRoot {
  readonly path: string;
  readonly sha256: string;
}

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

async function makePinnedRoot(host: DebianHost, pins: DebianPins): Promise<Result<DebianRoot>> {
  const fetched = await fetchDebianPackages(host, pins);
  if (!fetched.ok) return fetched;
  const tar = await buildDebianRoot(host, pins.packages);
  if (!tar.ok) return tar;
  try {
    if (tar.value.sha256 === pins.rootSha256) return await keepRoot(host, tar.value);
    return failure({
      code: 'checksum-mismatch',
      what: 'the root made from the pinned packages is not the pinned one',
      why: `expected sha256 ${pins.rootSha256}, got ${tar.value.sha256}`,
      fix: 'Run `cargo-boxed lock` to pin the root that this machine makes.',
    });
  } finally {
    await tar.value.remove();
  }
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
