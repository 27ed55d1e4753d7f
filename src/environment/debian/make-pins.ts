import { isDeepStrictEqual } from 'node:util';
import { failure, type Result, success } from '../../base/result.ts';
import type { DebianSuite } from '../../config/config.ts';
import { readInRoot } from '../../customs/read-in-root.ts';
import { type Additions, additionPackages, joinAdditions, noAdditions } from '../../layers/additions.ts';
import type { RootWish } from '../../layers/catalogue.ts';
import { debianArchitecture } from '../../lock/debian-architecture.ts';
import type { DebianPackage, DebianPins } from '../../lock/pins.ts';
import type { Problem } from '../../problem/problem.ts';
import { buildDebianRoot } from './build-root.ts';
import type { DebianHost } from './debian-host.ts';
import type { DebianRoot } from './debian-root.ts';
import { fetchDebianPackages } from './fetch-packages.ts';
import { addToRoot, keepRoot, oneAtATime, prepareDebianRoot } from './prepare-root.ts';
import { resolveDebianPackages, resolveNames } from './resolve-packages.ts';

export interface DebianWish {
  /** A root that is made from nothing. */
  readonly root: RootWish;
  readonly machine: 'x86_64' | 'aarch64';
  readonly now: Date;
  /** Pins from before: when today's packages are the same, they stay, and no root is made. */
  readonly known?: DebianPins | null;
}

/** Resolves today's packages and makes their root once: the pins hold both, and the root is in the cache afterwards. */
export async function makeDebianPins(host: DebianHost, wish: DebianWish): Promise<Result<DebianPins>> {
  const architecture = debianArchitecture(wish.machine);
  const { suite } = wish.root;
  const packages = await resolveDebianPackages(host, wish.root, architecture);
  if (!packages.ok) return packages;
  const { known = null } = wish;
  if (known !== null && isDeepStrictEqual(known.packages, packages.value) && known.suite === suite) {
    return success(known);
  }
  return pinPackages(host, { suite, architecture, layers: [], snapshot: snapshotTime(wish.now) }, packages.value);
}

/** Code of a build can ask for packages: more than any real one needs, and less than fills a disk. */
const mostAddedBytes = 2 * 1024 ** 3;

function tooMuch(sizeBytes: number): Problem {
  return {
    code: 'environment',
    what: `the packages to be added have ${Math.ceil(sizeBytes / 1e6)} MB`,
    why: `a root gets at most ${Math.floor(mostAddedBytes / 1e6)} MB of packages`,
    fix: 'Name fewer layers or packages; `cargo-boxed layers` shows what there is and why.',
  };
}

/** Resolves what today's mirrors have of these beside what the base has, and makes the root of both. */
export async function addToPins(
  host: DebianHost,
  base: DebianPins,
  additions: Additions,
  { now, known = null }: Pick<DebianWish, 'now' | 'known'>,
): Promise<Result<DebianPins>> {
  const wanted = additionPackages(additions, base.suite as DebianSuite);
  if (!wanted.ok) return wanted;
  const root = await prepareDebianRoot(host, base);
  if (!root.ok) return root;
  const { suite, architecture } = base;
  const installed = packageListOf(root.value);
  if (!installed.ok) return installed;
  const resolved = await resolveAdded(host, { suite, architecture, installed: installed.value }, wanted.value);
  if (!resolved.ok) return resolved;
  const { layers, packages: names } = joinAdditions(additions, noAdditions);
  const isKnown =
    known?.added?.baseSha256 === base.rootSha256 && isDeepStrictEqual(known?.added?.packages, resolved.value);
  if (known !== null && isKnown && isDeepStrictEqual([known.layers, known.added?.names], [layers, names]))
    return success(known);
  const snapshot = snapshotTime(now);
  const added = { names, snapshot, packages: resolved.value, baseSha256: base.rootSha256 };
  return oneAtATime(host, async () => {
    const made = await addToRoot(host, root.value, { suite, ...added }, null);
    return made.ok ? success({ ...base, layers, added, rootSha256: made.value.sha256 }) : made;
  });
}

/** Dpkg's own list of what is in a root. */
export function packageListOf({ path }: DebianRoot): Result<string> {
  const text = readInRoot(path, 'var/lib/dpkg/status');
  if (text !== null) return success(text);
  const fix = 'Look at which packages the lock names: no root of Debian is without one.';
  return failure({ code: 'environment', what: 'the root has no list of its packages', where: { file: path }, fix });
}

/** What today's mirrors have of these beside what is installed; never more than any real build needs. */
export async function resolveAdded(
  host: DebianHost,
  on: { readonly suite: string; readonly architecture: string; readonly installed: string },
  names: readonly string[],
): Promise<Result<readonly DebianPackage[]>> {
  const resolved = await resolveNames(host, on, names);
  if (!resolved.ok) return resolved;
  const sizeBytes = resolved.value.reduce((sum, one) => sum + one.sizeBytes, 0);
  return sizeBytes > mostAddedBytes ? failure(tooMuch(sizeBytes)) : resolved;
}

/** Makes the root of these packages and pins it with them. */
export function pinPackages(
  host: DebianHost,
  named: Pick<DebianPins, 'suite' | 'architecture' | 'layers' | 'snapshot'>,
  packages: readonly DebianPackage[],
): Promise<Result<DebianPins>> {
  return oneAtATime(host, async () => {
    const fetched = await fetchDebianPackages(host, { ...named, packages });
    if (!fetched.ok) return fetched;
    const tar = await buildDebianRoot(host, packages);
    if (!tar.ok) return tar;
    try {
      const root = await keepRoot(host, tar.value);
      return root.ok ? success({ ...named, packages, rootSha256: root.value.sha256 }) : root;
    } finally {
      await tar.value.remove();
    }
  });
}

/** As snapshot mirrors write a time: `20261126T000000Z`. */
export function snapshotTime(now: Date): string {
  return now.toISOString().replace(/[-:]|\.\d+/g, '');
}
