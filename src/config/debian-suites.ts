import type { DebianSuite } from './config.ts';

/** The releases of Debian that a root can be made of, the oldest first. */
export const debianSuites = ['bookworm', 'trixie'] as const satisfies readonly DebianSuite[];

/** One of them by its name; `null`: it is none. */
export function debianSuite(name: string | undefined): DebianSuite | null {
  return debianSuites.find((suite) => suite === name) ?? null;
}

/** The release after this one; `null`: it is the newest. */
export function nextSuite(suite: DebianSuite): DebianSuite | null {
  return debianSuites[debianSuites.indexOf(suite) + 1] ?? null;
}
