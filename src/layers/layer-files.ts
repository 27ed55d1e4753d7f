import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../host/package-folder.ts';
import type { Layer } from './layer.ts';
import { readLayer } from './read-layer.ts';

/** Beside a bundle: all layers in one, as the build read them. */
export const bundledLayers = 'layers.json';

/** The names alone: a configuration that names layers is checked with each build, and needs no more. */
export const bundledNames = 'layer-names.json';

let kept: ReadonlyMap<string, Layer> | null = null;

/** All layers by name, sorted. Nothing is read before somebody asks. */
export function allLayers(): ReadonlyMap<string, Layer> {
  // Files of the package do not change while it runs: a copy of this module reads them once more, and that is all.
  kept ??= readBundle() ?? readFiles(packageFolder('images/layers', 'zlib.json'));
  return kept;
}

/** Names of all layers, sorted. */
export function allLayerNames(): readonly string[] {
  const file = join(import.meta.dirname, bundledNames);
  if (kept !== null || !existsSync(file)) return [...allLayers().keys()];
  return JSON.parse(readFileSync(file, 'utf8')) as readonly string[];
}

/** Some 400 files and what is checked of each would take 30 ms of every command that names a layer. */
function readBundle(): ReadonlyMap<string, Layer> | null {
  const file = join(import.meta.dirname, bundledLayers);
  if (!existsSync(file)) return null;
  const layers = JSON.parse(readFileSync(file, 'utf8')) as readonly Layer[];
  return new Map(layers.map((layer) => [layer.name, layer]));
}

/** They are ours: a broken file is a fault of the package, and thrown. */
function readFiles(folder: string): ReadonlyMap<string, Layer> {
  const layers = readdirSync(folder).map((entry) => {
    const file = join(folder, entry);
    const layer = readLayer(entry.replace(/\.json$/, ''), JSON.parse(readFileSync(file, 'utf8')), file);
    if (layer.ok) return layer.value;
    throw new Error(layer.problems.map(({ what }) => `${file}: ${what}`).join('; '));
  });
  layers.sort((left, right) => (left.name < right.name ? -1 : 1));
  return new Map(layers.map((layer) => [layer.name, layer]));
}
