import { manifestText, viewEntries } from './crate-manifest.ts';
import type { Session } from './session.ts';

/**
 * The libraries that a crate of the view says it links (`links = "…"` in its manifest): what it needs is known by it where
 * its build script hides what it has looked for.
 */
export function linksOfCrate({ locations }: Session, view: string, crate: string): readonly string[] {
  const isMeant = (name: string) => name.startsWith(`${crate}-`) && /^\d/.test(name.slice(crate.length + 1));
  const found = viewEntries(view, isMeant).flatMap((entry) => {
    const links = /^links\s*=\s*"([\w.+-]{1,64})"/m.exec(manifestText(locations, entry) ?? '');
    return links?.[1] === undefined ? [] : [links[1]];
  });
  return [...new Set(found)];
}
