import type { ProjectFacts } from './facts.ts';

/** The granted folders that have to be mounted: one that lies in another comes with it. */
export function outsidePaths({ outside }: Pick<ProjectFacts, 'outside'>): readonly string[] {
  const paths = outside.filter(({ granted }) => granted).map(({ path }) => path);
  return paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
}
