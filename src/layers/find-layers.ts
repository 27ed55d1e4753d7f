import type { DebianSuite } from '../config/config.ts';
import { findLayer } from './catalogue.ts';
import {
  layersOfCrate,
  layersOfHeader,
  layersOfLibrary,
  layersOfModule,
  layersOfPackage,
  layersOfTool,
} from './look-up.ts';
import type { Wanted } from './wanted.ts';

/** Layers of a suite that have what a build looked for, the smallest first. */
export function layersProviding(wanted: Wanted, suite: DebianSuite): readonly string[] {
  return lookUp(wanted, suite).filter((layer) => (findLayer(layer, suite)?.packages.length ?? 0) > 0);
}

function lookUp({ kind, name }: Wanted, suite: DebianSuite): readonly string[] {
  switch (kind) {
    case 'module':
      return layersOfModule(name);
    case 'library':
      return layersOfLibrary(name);
    case 'header':
      return layersOfHeader(name);
    case 'program':
      return layersOfTool(name);
    case 'crate':
      return layersOfCrate(name);
    case 'debian-package':
      return layersOfPackage(name, suite);
    case 'cmake-package':
      return [name, name.toLowerCase()].flatMap((word) => [...layersOfModule(word), ...layersOfLibrary(word)]);
    default:
      return [];
  }
}
