import { lstatSync } from 'node:fs';
import { join } from 'node:path';

/** Folders at the top of every root, at or below which something is mounted. */
const always = ['/box', '/proc', '/dev', '/tmp', '/etc'];

/**
 * The first place in a root where something is to be mounted and a link stands; `null`: there is none. bubblewrap makes mount
 * points while the machine's own files are still there, and by a link of the root it makes them among those. What a root is
 * made of, a project's lock has named.
 */
export function linkedMountPoint(root: string, targets: readonly string[]): string | null {
  const places = new Set([...always, ...targets].flatMap(placesOf));
  for (const place of places) {
    if (lstatSync(join(root, place), { throwIfNoEntry: false })?.isSymbolicLink() === true) return place;
  }
  return null;
}

/** From the top: what is looked at then lies in no link. Below all but one of the first folders is a file system of the box's own. */
function placesOf(target: string): readonly string[] {
  const names = target.split('/').filter((name) => name !== '');
  const last = names[0] === 'etc' ? names.length : 1;
  return names.slice(0, last).map((_, depth) => `/${names.slice(0, depth + 1).join('/')}`);
}
