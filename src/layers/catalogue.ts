import base from '../../images/debian/base.json' with { type: 'json' };
import fetch from '../../images/debian/fetch.json' with { type: 'json' };
import layers from '../../images/debian/layers.json' with { type: 'json' };
import { nearest } from '../base/nearest.ts';
import { all, failure, type Result, success } from '../base/result.ts';
import type { DebianSuite } from '../config/config.ts';
import { printable } from '../problem/problem.ts';

/** A named system library or tool, as data. */
export interface Layer {
  readonly name: string;
  readonly description: string;
  /** Names that pkg-config knows it by. */
  readonly pkgConfig: readonly string[];
  /** `links` keys of crates, and library names as the linker spells them after `-l`. */
  readonly links: readonly string[];
}

/** A layer with the packages that it adds on one suite. */
export interface FoundLayer extends Layer {
  readonly packages: readonly string[];
}

interface Entry {
  readonly description: string;
  readonly packages: readonly string[];
  /** In place of `packages` on that suite; empty when the suite does not have it. */
  readonly suites?: Readonly<Partial<Record<DebianSuite, readonly string[]>>>;
  readonly pkgConfig: readonly string[];
  readonly links: readonly string[];
}

const entries: ReadonlyMap<string, Entry> = new Map(Object.entries(layers.layers as Record<string, Entry>));

/** The whole catalogue, sorted by name. It is closed: a project names a layer and never a Debian package. */
export function layerCatalogue(): readonly Layer[] {
  return layerNames().flatMap((name) => {
    const entry = entries.get(name);
    return entry === undefined ? [] : [{ name, ...pick(entry) }];
  });
}

export function layerNames(): readonly string[] {
  return [...entries.keys()].sort();
}

/**
 * What a root is made of. `box`: the base and these layers. `fetch`: what cargo fetches with on a host that has no
 * toolchain; no box ever sees it.
 */
export type RootWish =
  | { readonly kind: 'box'; readonly suite: DebianSuite; readonly layers: readonly string[] }
  | typeof fetchRoot;

export const fetchRoot = { kind: 'fetch', suite: fetch.suite as DebianSuite, layers: [] as readonly string[] } as const;

/** One layer with the packages that it adds on a suite; `null`: there is none of this name. None on a suite that lacks it. */
export function findLayer(name: string, suite: DebianSuite): FoundLayer | null {
  const entry = entries.get(name);
  return entry === undefined ? null : { name, ...pick(entry), packages: packagesOn(entry, suite) };
}

/** The Debian packages of such a root, sorted. Every wrong name of a layer is a problem of its own. */
export function rootPackages(wish: RootWish): Result<readonly string[]> {
  if (wish.kind === 'fetch') return success(sortedUnique(fetch.packages));
  const added = layerPackages(wish.layers, wish.suite);
  return added.ok ? success(sortedUnique([...basePackages(wish.suite), ...added.value])) : added;
}

/** The Debian packages of a suite's base, sorted. Their dependencies come with them when they are resolved. */
export function basePackages(suite: DebianSuite): readonly string[] {
  return sortedUnique([...base.packages, ...base.suites[suite]]);
}

/** The Debian packages that these layers add to the base, sorted. Every wrong name is a problem of its own. */
export function layerPackages(names: readonly string[], suite: DebianSuite): Result<readonly string[]> {
  const packages = all(names.map((name) => packagesOf(name, suite)));
  return packages.ok ? success(sortedUnique(packages.value.flat())) : packages;
}

function packagesOf(name: string, suite: DebianSuite): Result<readonly string[]> {
  const entry = entries.get(name);
  if (entry === undefined) {
    const near = nearest(name, layerNames()) ?? layersWith(name)[0];
    return failure({
      code: 'config',
      what: `there is no layer '${printable(name, 60)}'`,
      fix: near === undefined ? `Layers: ${layerNames().join(', ')}.` : `Did you mean '${near}'?`,
    });
  }
  const packages = packagesOn(entry, suite);
  if (packages.length > 0) return success(packages);
  const other = suite === 'bookworm' ? 'trixie' : 'bookworm';
  return failure({
    code: 'config',
    what: `the layer '${name}' does not exist on ${suite}`,
    fix: `Set \`suite: ${other}\`.`,
  });
}

function packagesOn({ suites, packages }: Entry, suite: DebianSuite): readonly string[] {
  return suites?.[suite] ?? packages;
}

/** Layers that a person or a failed build may mean by a pkg-config name, a library or a package: first the closest. */
export function layersWith(word: string): readonly string[] {
  const names = layerNames();
  const byPkgConfig = names.filter((name) => entries.get(name)?.pkgConfig.includes(word));
  const byLinks = names.filter((name) => entries.get(name)?.links.includes(word));
  const byPackage = names.filter((name) => packageNames(name).includes(word));
  const found = [...new Set([...byPkgConfig, ...byLinks, ...byPackage])];
  return found.sort((left, right) => packageNames(left).length - packageNames(right).length);
}

/**
 * Layers by whatever somebody knows of them: a name of pkg-config (`alsa`, `alsa.pc`), a library (`asound`, `libasound`),
 * a Debian package, or a word of the description. What has it exactly comes first.
 */
export function searchLayers(word: string): readonly string[] {
  const plain = word.toLowerCase().replace(/\.(?:pc|so|a)$/, '');
  const library = plain.replace(/^lib/, '');
  const exact = [word, plain, library].flatMap(layersWith);
  const named = layerNames().filter((name) =>
    [name, ...packageNames(name), entries.get(name)?.description ?? ''].some((text) =>
      text.toLowerCase().includes(plain),
    ),
  );
  return [...new Set([...(entries.has(plain) ? [plain] : []), ...exact, ...named])];
}

function packageNames(layer: string): readonly string[] {
  const entry = entries.get(layer);
  return [...(entry?.packages ?? []), ...Object.values(entry?.suites ?? {}).flat()];
}

function pick(entry: Entry): Omit<Layer, 'name'> {
  return { description: entry.description, pkgConfig: entry.pkgConfig, links: entry.links };
}

function sortedUnique(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}
