import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../host/package-folder.ts';
import type { Layer } from './layer.ts';
import { readLayer } from './read-layer.ts';

const ending = '.json';
let kept: ReadonlyMap<string, Layer> | null = null;

/** The names of all layers, sorted. Lists a folder of our package and reads no file of it. */
export function layerNames(): readonly string[] {
  return readdirSync(layerFolder())
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();
}

/** All layers by name, sorted. They are ours: a broken file is a fault of the package, and thrown. */
export function allLayers(): ReadonlyMap<string, Layer> {
  // Files of the package do not change while it runs: a copy of this module reads them once more, and that is all.
  kept ??= readAll(layerFolder());
  return kept;
}

function readAll(folder: string): ReadonlyMap<string, Layer> {
  return new Map(layerNames().map((name) => [name, layerFromFile(folder, name)]));
}

function layerFromFile(folder: string, name: string): Layer {
  const file = join(folder, name + ending);
  const layer = readLayer(name, JSON.parse(readFileSync(file, 'utf8')), file);
  if (layer.ok) return layer.value;
  throw new Error(layer.problems.map(({ what }) => `${file}: ${what}`).join('; '));
}

function layerFolder(): string {
  return packageFolder('images/layers', 'zlib.json');
}
