import { readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { folderNames } from '../../host/folder-names.ts';
import { cacheFolders, type Locations } from '../../host/locations.ts';
import { readForeignText } from '../../host/read-file.ts';
import { parseToml } from '../../toml/parse.ts';
import { tableAt } from '../../toml/read-table.ts';

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

/** Entries of a crate in a view, one for each of its versions. */
export function crateEntries(view: string, crate: string): readonly string[] {
  return viewEntries(view, (name) => name.startsWith(`${crate}-`) && /^\d/.test(name.slice(crate.length + 1)));
}

/** Names of the features of a crate of a view, in any of its versions. */
export function featuresOfCrate(locations: Pick<Locations, 'cache'>, view: string, crate: string): readonly string[] {
  const names = crateEntries(view, crate).flatMap((entry) => {
    const parsed = parseToml(manifestText(locations, entry) ?? '', 'Cargo.toml');
    return parsed.ok ? Object.keys(tableAt(parsed.value, 'features')) : [];
  });
  return [...new Set(names)];
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
