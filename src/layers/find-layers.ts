import type { DebianSuite } from '../config/config.ts';
import { findLayer, layersWith } from './catalogue.ts';
import type { Wanted } from './wanted.ts';

/** Layers of a suite that have what a build looked for, the smallest first. */
export function layersProviding({ kind, name }: Wanted, suite: DebianSuite): readonly string[] {
  const words = kind === 'cmake-package' ? [name, name.toLowerCase()] : [name];
  const found = [...new Set(words.flatMap(layersWith))];
  return found.filter((layer) => (findLayer(layer, suite)?.packages.length ?? 0) > 0);
}
