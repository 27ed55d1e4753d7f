import type { Wanted } from '../../layers/wanted.ts';
import { debianPlaces } from '../debian/debian-places.ts';
import { placesBelow } from '../places-below.ts';

/**
 * Where an image that is a Debian has what a build looks for: absolute paths in it, of which one is enough. Its own
 * variables may name more folders.
 */
export function imagePlaces(
  wanted: Wanted,
  variables: Readonly<Record<string, string>>,
  triplets: readonly string[],
): readonly string[] {
  const own = ownFolders[wanted.kind];
  const usual = debianPlaces(wanted, triplets).map((path) => `/${path}`);
  if (own === undefined) return usual;
  const folders = (variables[own.variable] ?? '').split(':').filter((folder) => folder.startsWith('/'));
  return [...usual, ...placesBelow(folders, own.file(wanted.name))];
}

const ownFolders: Partial<Record<Wanted['kind'], { readonly variable: string; file(name: string): string }>> = {
  module: { variable: 'PKG_CONFIG_PATH', file: (name) => `${name}.pc` },
  program: { variable: 'PATH', file: (name) => name },
};
