/**
 * Mount points that a root gets when it is first used, by their paths below it. Whether they are there depends on its
 * past, so they count as no part of it; an engine with images makes its own.
 */
export const madeLater: ReadonlySet<string> = new Set(['etc/ld.so.preload']);
