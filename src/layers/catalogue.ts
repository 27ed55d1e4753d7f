import base from '../../images/debian/base.json' with { type: 'json' };
import fetch from '../../images/debian/fetch.json' with { type: 'json' };
import { nearest } from '../base/nearest.ts';
import { all, failure, type Result, success } from '../base/result.ts';
import type { DebianSuite } from '../config/config.ts';
import { debianSuites } from '../config/debian-suites.ts';
import { printable } from '../problem/problem.ts';
import type { FoundLayer, Layer } from './layer.ts';
import { allLayerNames, allLayers } from './layer-files.ts';
import { layersWith } from './look-up.ts';
import { packagesOn } from './packages.ts';

export type { FoundLayer, Layer } from './layer.ts';
export { layersWith, searchLayers } from './look-up.ts';

/** The whole catalogue, sorted by name. */
export function layerCatalogue(): readonly Layer[] {
  return [...allLayers().values()];
}

export function layerNames(): readonly string[] {
  return allLayerNames();
}

/**
 * What a root is made of that is made from nothing. `box`: the base. `fetch`: what cargo fetches with on a host that has
 * no toolchain; no box ever sees it.
 */
export type RootWish = { readonly kind: 'box'; readonly suite: DebianSuite } | typeof fetchRoot;

export const fetchRoot = { kind: 'fetch', suite: fetch.suite as DebianSuite } as const;

/** One layer with the packages that it adds on a suite; `null`: there is none of this name. None on a suite that lacks it. */
export function findLayer(name: string, suite: DebianSuite): FoundLayer | null {
  const layer = allLayers().get(name);
  return layer === undefined ? null : { ...layer, packages: packagesOn(allLayers(), name, suite) };
}

/** The Debian packages of such a root, sorted. */
export function rootPackages(wish: RootWish): readonly string[] {
  return wish.kind === 'fetch' ? sortedUnique(fetch.packages) : basePackages(wish.suite);
}

/** The Debian packages of a suite's base, sorted. Their dependencies come with them when they are resolved. */
export function basePackages(suite: DebianSuite): readonly string[] {
  return sortedUnique([...base.packages, ...base.suites[suite]]);
}

/** The Debian packages that these layers, and what they need, add to the base, sorted. Every wrong name is a problem of its own. */
export function layerPackages(names: readonly string[], suite: DebianSuite): Result<readonly string[]> {
  const packages = all(names.map((name) => packagesOf(name, suite)));
  return packages.ok ? success(sortedUnique(packages.value.flat())) : packages;
}

function packagesOf(name: string, suite: DebianSuite): Result<readonly string[]> {
  if (!allLayers().has(name)) {
    const near = nearest(name, layerNames()) ?? layersWith(name)[0];
    return failure({
      code: 'config',
      what: `there is no layer '${printable(name, 60)}'`,
      fix: near === undefined ? `Layers: ${layerNames().join(', ')}.` : `Did you mean '${near}'?`,
    });
  }
  const packages = packagesOn(allLayers(), name, suite);
  if (packages.length > 0) return success(packages);
  const other = debianSuites.find((one) => packagesOn(allLayers(), name, one).length > 0);
  return failure({
    code: 'config',
    what: `the layer '${name}' does not exist on ${suite}`,
    fix: other === undefined ? 'Remove it.' : `Set \`suite: ${other}\`.`,
  });
}

function sortedUnique(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}
