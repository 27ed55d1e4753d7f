import type { DebianSuite } from '../config/config.ts';
import { allLayers } from './layer-files.ts';
import { packagesOn } from './packages.ts';

/** For each crate that was measured to need layers: these, where the suite has all of them. */
export function provenCrates(suite: DebianSuite): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const lacking = new Set<string>();
  for (const { name, proven } of allLayers().values())
    for (const crate of proven) {
      found.set(crate, [...(found.get(crate) ?? []), name]);
      if (packagesOn(allLayers(), name, suite).length === 0) lacking.add(crate);
    }
  for (const crate of lacking) found.delete(crate);
  return found;
}
