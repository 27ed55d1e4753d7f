import type { Wanted } from '../../layers/wanted.ts';
import { placesBelow } from '../places-below.ts';

/**
 * Where Debian, and what people install by hand, puts what a build looks for: paths below a root, of which one is enough.
 * `triplets`: names of the folders of libraries for one architecture. None for what has no place of its own.
 */
export function debianPlaces({ kind, name }: Wanted, triplets: readonly string[]): readonly string[] {
  const libraries = ['usr/lib', 'usr/local/lib', ...triplets.map((triplet) => `usr/lib/${triplet}`)];
  switch (kind) {
    case 'module':
      return placesBelow([...libraries.map((folder) => `${folder}/pkgconfig`), 'usr/share/pkgconfig'], `${name}.pc`);
    case 'library':
      return placesBelow(libraries, `lib${name}.so`, `lib${name}.a`);
    case 'header':
      return placesBelow(
        ['usr/include', 'usr/local/include', ...triplets.map((triplet) => `usr/include/${triplet}`)],
        name,
      );
    case 'program':
      return placesBelow(['usr/bin', 'usr/local/bin', 'usr/sbin', 'bin', 'sbin'], name);
    case 'debian-package':
      // A package that may be there for several architectures has its own in the name.
      return placesBelow(['var/lib/dpkg/info'], ...['', ':amd64', ':arm64'].map((of) => `${name}${of}.list`));
    default:
      return [];
  }
}
