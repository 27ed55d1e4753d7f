import { readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { folderNames } from '../host/folder-names.ts';
import { cacheFolders, type Locations } from '../host/locations.ts';
import { readForeignText } from '../host/read-file.ts';

/** Far more than the manifest of any crate. */
const mostBytes = 1024 * 1024;

/** Entries of the view, on this machine, that `isMeant` takes by their names. A view is a folder of links as a box sees them. */
export function viewEntries(view: string, isMeant: (entry: string) => boolean): readonly string[] {
  const folder = join(view, 'crates');
  return folderNames(folder).flatMap((group) =>
    folderNames(join(folder, group))
      .filter(isMeant)
      .map((name) => join(folder, group, name)),
  );
}

/** The text of the manifest of an entry of a view, from the store; `null` where there is none that can be read. */
export function manifestText({ cache }: Pick<Locations, 'cache'>, entry: string): string | null {
  try {
    const text = readForeignText(
      join(cache, cacheFolders.store, basename(readlinkSync(entry)), 'Cargo.toml'),
      mostBytes,
    );
    return text.ok ? text.value : null;
  } catch {
    return null;
  }
}
