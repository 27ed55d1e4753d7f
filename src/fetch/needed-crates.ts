import type { GraphPackage } from './lock-packages.ts';
import { isForeign, type PlatformEdges } from './platform-edges.ts';

/**
 * The packages that some wanted target needs, as keys. The walk starts at everything that is no registry crate, takes
 * every edge that is not surely for other targets, and looks at no features: too many are kept, never too few.
 */
export function neededCrates(
  packages: readonly GraphPackage[],
  edgesOf: (found: GraphPackage) => PlatformEdges,
  targets: readonly string[],
): ReadonlySet<string> {
  const byName = new Map<string, GraphPackage[]>();
  for (const found of packages) byName.set(found.name, [...(byName.get(found.name) ?? []), found]);
  const needed = new Set<string>();
  const waiting = packages.filter(({ source }) => source === null || source.startsWith('git+'));
  for (let found = waiting.pop(); found !== undefined; found = waiting.pop()) {
    if (needed.has(packageKey(found))) continue;
    needed.add(packageKey(found));
    const edges = edgesOf(found);
    for (const dependency of found.dependencies) {
      const [name = '', version] = dependency.split(' ');
      if (isForeign(edges[name], targets)) continue;
      waiting.push(...(byName.get(name) ?? []).filter((one) => version === undefined || one.version === version));
    }
  }
  return needed;
}

export function packageKey({ name, version, source }: Omit<GraphPackage, 'dependencies'>): string {
  return `${name} ${version} ${source ?? ''}`;
}
