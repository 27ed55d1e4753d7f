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
  for (const target of new Set([...always, ...targets])) {
    const [first = '', ...rest] = target.split('/').filter((name) => name !== '');
    // Below all others of the first folders lies a file system of the box's own, which has no links.
    const names = first === 'etc' ? [first, ...rest] : [first];
    for (let depth = 1; depth <= names.length; depth += 1) {
      const stat = lstatSync(join(root, ...names.slice(0, depth)), { throwIfNoEntry: false });
      if (stat === undefined) break;
      if (stat.isSymbolicLink()) return `/${names.slice(0, depth).join('/')}`;
    }
  }
  return null;
}
