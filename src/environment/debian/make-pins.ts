import { isDeepStrictEqual } from 'node:util';
import { type Result, success } from '../../base/result.ts';
import type { RootWish } from '../../layers/catalogue.ts';
import type { DebianPackage, DebianPins } from '../../lock/pins.ts';
import { buildDebianRoot } from './build-root.ts';
import type { DebianHost } from './debian-host.ts';
import { fetchDebianPackages } from './fetch-packages.ts';
import { keepRoot, oneAtATime } from './prepare-root.ts';
import { debianArchitecture, resolveDebianPackages } from './resolve-packages.ts';

export interface DebianWish {
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
  const layers = [...new Set(wish.root.layers)].sort();
  const packages = await resolveDebianPackages(host, wish.root, architecture);
  if (!packages.ok) return packages;
  const { known = null } = wish;
  if (known !== null && isDeepStrictEqual(known.packages, packages.value) && known.suite === suite) {
    return success({ ...known, layers });
  }
  return pinPackages(host, { suite, architecture, layers, snapshot: snapshotTime(wish.now) }, packages.value);
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
