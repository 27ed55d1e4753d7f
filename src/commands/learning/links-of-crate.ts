import { crateEntries, manifestText } from '../pipeline/crate-manifest.ts';
import type { Session } from '../session.ts';

/**
 * The libraries that a crate of the view says it links (`links = "…"` in its manifest): what it needs is known by it where
 * its build script hides what it has looked for.
 */
export function linksOfCrate({ locations }: Session, view: string, crate: string): readonly string[] {
  const found = crateEntries(view, crate).flatMap((entry) => {
    const links = /^links\s*=\s*"([\w.+-]{1,64})"/m.exec(manifestText(locations, entry) ?? '');
    return links?.[1] === undefined ? [] : [links[1]];
  });
  return [...new Set(found)];
}
