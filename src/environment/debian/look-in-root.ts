import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Wanted } from '../../layers/wanted.ts';

/** Whether a root has what a build looked for, by the places where Debian puts it. */
export function rootHas(root: string, { kind, name }: Wanted): boolean {
  const isIn = (folders: readonly string[], ...names: readonly string[]) =>
    folders.some((folder) => names.some((candidate) => isThere(join(root, folder, candidate))));
  const libraries = ['usr/lib', 'usr/local/lib', ...triplets(root).map((triplet) => `usr/lib/${triplet}`)];
  switch (kind) {
    case 'module':
      return isIn([...libraries.map((folder) => `${folder}/pkgconfig`), 'usr/share/pkgconfig'], `${name}.pc`);
    case 'library':
      return isIn(libraries, `lib${name}.so`, `lib${name}.a`);
    case 'header':
      return isIn(['usr/include', ...triplets(root).map((triplet) => `usr/include/${triplet}`)], name);
    case 'program':
      return isIn(['usr/bin', 'usr/sbin', 'bin', 'sbin'], name);
    case 'debian-package':
      return isThere(join(root, 'var/lib/dpkg/info', `${name}.list`));
    default:
      return false;
  }
}

function triplets(root: string): readonly string[] {
  try {
    return readdirSync(join(root, 'usr/lib')).filter((name) => /^[a-z0-9_]+-linux-gnu[a-z0-9]*$/.test(name));
  } catch {
    return [];
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
