import type { Wanted } from '../../layers/wanted.ts';

/**
 * Where Debian, and what people install by hand, puts what a build looks for: paths below a root, of which one is enough.
 * `triplets`: names of the folders of libraries for one architecture. None for what has no place of its own.
 */
export function debianPlaces({ kind, name }: Wanted, triplets: readonly string[]): readonly string[] {
  // A header may name folders: never one outside of where headers are.
  if (name.split('/').includes('..')) return [];
  const below = (folders: readonly string[], ...names: readonly string[]) =>
    folders.flatMap((folder) => names.map((candidate) => `${folder}/${candidate}`));
  const libraries = ['usr/lib', 'usr/local/lib', ...triplets.map((triplet) => `usr/lib/${triplet}`)];
  switch (kind) {
    case 'module':
      return below([...libraries.map((folder) => `${folder}/pkgconfig`), 'usr/share/pkgconfig'], `${name}.pc`);
    case 'library':
      return below(libraries, `lib${name}.so`, `lib${name}.a`);
    case 'header':
      return below(['usr/include', 'usr/local/include', ...triplets.map((triplet) => `usr/include/${triplet}`)], name);
    case 'program':
      return below(['usr/bin', 'usr/local/bin', 'usr/sbin', 'bin', 'sbin'], name);
    case 'debian-package':
      // A package that may be there for several architectures has its own in the name.
      return below(['var/lib/dpkg/info'], ...['', ':amd64', ':arm64'].map((of) => `${name}${of}.list`));
    default:
      return [];
  }
}
