import type { DebianSuite } from '../config/config.ts';
import { debianSuites } from '../config/debian-suites.ts';
import type { Layer } from './layer.ts';
import { allLayers } from './layer-files.ts';
import { packagesOn } from './packages.ts';

// Each gives the names of the layers that have exactly this, the smallest layer first.

/** By the name of a crate that shows in no other way what it needs. */
export function layersOfCrate(name: string): readonly string[] {
  return layersThat(({ crates }) => crates.includes(name));
}

/** By a Debian package that it adds on this suite, itself or through what it needs. */
export function layersOfPackage(debianPackage: string, suite: DebianSuite): readonly string[] {
  return layersThat(({ name }) => packagesOn(allLayers(), name, suite).includes(debianPackage));
}

/** By a header as `#include` spells it. */
export function layersOfHeader(header: string): readonly string[] {
  return layersThat(({ headers }) => headers.includes(header));
}

/** By the name of a program. */
export function layersOfTool(program: string): readonly string[] {
  return layersThat(({ tools }) => tools.includes(program));
}

/** By the name of a library after `-l`, or the `links` key of a crate. */
export function layersOfLibrary(library: string): readonly string[] {
  return layersThat(({ links }) => links.includes(library));
}

/** By the name of a pkg-config module. */
export function layersOfModule(module: string): readonly string[] {
  return layersThat(({ pkgConfig }) => pkgConfig.includes(module));
}

/** Layers that a person or a failed build may mean by any of these names: the smallest first. */
export function layersWith(word: string): readonly string[] {
  const found = [
    ...[layersOfModule, layersOfLibrary, layersOfHeader, layersOfTool, layersOfCrate].map((lookUp) => lookUp(word)),
    ...debianSuites.map((suite) => layersOfPackage(word, suite)),
  ].flat();
  return smallestFirst([...new Set(found)]);
}

/**
 * Layers by whatever somebody knows of them: a name of pkg-config (`alsa`, `alsa.pc`), a library (`asound`, `libasound`),
 * a header, a program, a Debian package, or a word of the description. What has it exactly comes first.
 */
export function searchLayers(word: string): readonly string[] {
  const plain = word.toLowerCase().replace(/\.(?:pc|so|a)$/, '');
  const library = plain.replace(/^lib/, '');
  const exact = [word, plain, library].flatMap(layersWith);
  const named = layersThat((layer) => wordsOf(layer).some((text) => text.toLowerCase().includes(plain)));
  return [...new Set([...(allLayers().has(plain) ? [plain] : []), ...exact, ...[...named].sort()])];
}

function wordsOf({ name, description, debian, headers }: Layer): readonly string[] {
  return [name, description, ...debianSuites.flatMap((suite) => debian[suite]), ...headers];
}

function layersThat(holds: (layer: Layer) => boolean): readonly string[] {
  return smallestFirst([...allLayers().values()].filter(holds).map(({ name }) => name));
}

function smallestFirst(names: readonly string[]): readonly string[] {
  const sizes = new Map(names.map((name) => [name, size(name)]));
  return [...names].sort(
    (left, right) => (sizes.get(left) ?? 0) - (sizes.get(right) ?? 0) || (left < right ? -1 : left > right ? 1 : 0),
  );
}

/** On the suite where it is largest. */
function size(name: string): number {
  return Math.max(...debianSuites.map((suite) => packagesOn(allLayers(), name, suite).length));
}
