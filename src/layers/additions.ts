import { failure, type Result, success } from '../base/result.ts';
import type { DebianSuite } from '../config/config.ts';
import { printable } from '../problem/problem.ts';
import { layerPackages } from './catalogue.ts';

/** What a root has beyond the base: layers, and Debian packages by their own names. Each is a set. */
export interface Additions {
  readonly layers: readonly string[];
  readonly packages: readonly string[];
}

export const noAdditions: Additions = { layers: [], packages: [] };

export function hasAdditions({ layers, packages }: Additions): boolean {
  return layers.length > 0 || packages.length > 0;
}

/** Whether both are the same sets; each list is sorted. */
export function areSameAdditions(left: Additions, right: Additions): boolean {
  return left.layers.join() === right.layers.join() && left.packages.join() === right.packages.join();
}

export function joinAdditions(left: Additions, right: Additions): Additions {
  return {
    layers: sortedUnique([...left.layers, ...right.layers]),
    packages: sortedUnique([...left.packages, ...right.packages]),
  };
}

/** The Debian packages that these add to the base, sorted. Every wrong name is a problem of its own. */
export function additionPackages({ layers, packages }: Additions, suite: DebianSuite): Result<readonly string[]> {
  const odd = packages.find((name) => !isPackageName(name));
  if (odd !== undefined) {
    return failure({
      code: 'config',
      what: `'${printable(odd, 60)}' is not the name of a Debian package`,
      fix: 'Names have small letters, digits, `+`, `-` and `.`: `libasound2-dev`.',
    });
  }
  const ofLayers = layerPackages(layers, suite);
  return ofLayers.ok ? success(sortedUnique([...ofLayers.value, ...packages])) : ofLayers;
}

/** Debian policy 5.6.1: what is not one could be an option or an expression of apt. */
export function isPackageName(word: string): boolean {
  return /^[a-z0-9][a-z0-9+.-]{1,100}$/.test(word);
}

function sortedUnique(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}
