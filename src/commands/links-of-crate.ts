import { readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { folderNames } from '../host/folder-names.ts';
import { cacheFolders } from '../host/locations.ts';
import { readForeignText } from '../host/read-file.ts';
import type { Session } from './session.ts';

/** Far more than the manifest of any crate. */
const mostBytes = 1024 * 1024;

/**
 * The libraries that a crate of the view says it links (`links = "…"` in its manifest): what it needs is known by it where
 * its build script hides what it has looked for. A view is a folder of links into the store, as a box sees it.
 */
export function linksOfCrate({ locations }: Session, view: string, crate: string): readonly string[] {
  const folder = join(view, 'crates');
  const found = folderNames(folder).flatMap((group) =>
    folderNames(join(folder, group))
      .filter((name) => name.startsWith(`${crate}-`) && /^\d/.test(name.slice(crate.length + 1)))
      .flatMap((name) => linkOf(locations.cache, join(folder, group, name))),
  );
  return [...new Set(found)];
}

function linkOf(cache: string, entry: string): readonly string[] {
  try {
    const file = join(cache, cacheFolders.store, basename(readlinkSync(entry)), 'Cargo.toml');
    const text = readForeignText(file, mostBytes);
    const links = text.ok ? /^links\s*=\s*"([\w.+-]{1,64})"/m.exec(text.value ?? '') : null;
    return links?.[1] === undefined ? [] : [links[1]];
  } catch {
    return [];
  }
}
