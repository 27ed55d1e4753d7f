import type { DebianSuite } from '../config/config.ts';
import type { Layer } from './layer.ts';

export type Layers = ReadonlyMap<string, Layer>;

/** All packages of a layer on a suite, sorted, with those of the layers that it needs; none on a suite that lacks it. */
export function packagesOn(layers: Layers, name: string, suite: DebianSuite): readonly string[] {
  if ((layers.get(name)?.debian[suite] ?? []).length === 0) return [];
  const packages = [name, ...neededBy(layers, name)].flatMap((one) => layers.get(one)?.debian[suite] ?? []);
  return [...new Set(packages)].sort();
}

/** The layers that come with one, those that they need with them; without itself, unless it needs itself. */
export function neededBy(layers: Layers, name: string): readonly string[] {
  const found = new Set<string>();
  const open = [...(layers.get(name)?.needs ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(layers.get(next)?.needs ?? []));
  }
  return [...found].sort();
}
