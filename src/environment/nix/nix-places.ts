import type { Wanted } from '../../layers/wanted.ts';
import { placesBelow } from '../places-below.ts';

type Variables = Readonly<Record<string, string>>;

/**
 * Where a Nix environment has what a build looks for, by the variables through which its compiler, its pkg-config and its
 * shell find things: paths below its root, of which one is enough.
 */
export function nixPlaces({ kind, name }: Wanted, variables: Variables): readonly string[] {
  switch (kind) {
    case 'module':
      return placesBelow(foldersOf(variables, /^PKG_CONFIG_PATH(?:_FOR_TARGET)?$/, /:/), `${name}.pc`);
    case 'library':
      return placesBelow(
        foldersOf(variables, /^NIX_LDFLAGS(?:_FOR_TARGET)?$/, /\s+(?:-L)?/),
        `lib${name}.so`,
        `lib${name}.a`,
      );
    case 'header':
      return placesBelow(foldersOf(variables, /^NIX_CFLAGS_COMPILE(?:_FOR_TARGET)?$/, /\s+/), name);
    case 'program':
      return placesBelow(foldersOf(variables, /^PATH$/, /:/), name);
    default:
      return [];
  }
}

/** Folders of the store that these variables name. A project's own shell may say anything there. */
function foldersOf(variables: Variables, names: RegExp, between: RegExp): readonly string[] {
  const words = Object.entries(variables).flatMap(([name, value]) =>
    names.test(name) ? ` ${value}`.split(between) : [],
  );
  return words
    .map((word) => word.trim())
    .filter((word) => /^\/nix\/store(?:\/(?!\.\.?(?:\/|$))[\w.+?=-]+)+$/.test(word));
}
