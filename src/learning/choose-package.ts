import { isPackageName } from '../layers/additions.ts';
import type { Wanted } from '../layers/wanted.ts';

/** Which Debian packages have something, by the suite's own list of files. */
export interface PackageIndex {
  find(wanted: Wanted): readonly string[];
  /** Packages that have a header in a folder below the one where compilers look, and that folder's path. */
  findBelow(header: string): readonly { readonly folder: string; readonly packages: readonly string[] }[];
}

/** More than these have a file of that name: then it says nothing of which one is meant. */
const mostCandidates = 6;

/**
 * The Debian package that has it: of several the one for building, then the one with the shortest name. What nobody can
 * tell apart, and a program or header that too many have, is not guessed.
 */
export function choosePackage(wanted: Wanted, index: Pick<PackageIndex, 'find'>): string | null {
  const found = spellings(wanted)
    .map((one) => index.find(one).filter(isPackageName))
    .find((names) => names.length > 0);
  if (found === undefined || found.length > mostCandidates) return null;
  const ranked = [...found].sort(
    (left, right) =>
      Number(right.endsWith('-dev')) - Number(left.endsWith('-dev')) ||
      left.length - right.length ||
      (left < right ? -1 : 1),
  );
  return ranked[0] ?? null;
}

/**
 * Scripts know folders such as `/usr/include/suitesparse` and look there by themselves. It is a guess, so there has to be
 * one package alone that has the header in a folder of its own name.
 */
export function chooseBelow(header: string, index: Pick<PackageIndex, 'findBelow'>): PackageBelow | null {
  const named = index.findBelow(header).flatMap(({ folder, packages }) => {
    const stem = plain(folder.split('/')[0] ?? '');
    const own = packages.filter(
      (one) => isPackageName(one) && stem.length >= shortestStem && plain(one).includes(stem),
    );
    return own.map((name) => ({ name, folder }));
  });
  const [only, ...others] = named;
  return only === undefined || others.some(({ name }) => name !== only.name) ? null : only;
}

/** A package, and the folder below `/usr/include` in which it has what was looked for. */
export interface PackageBelow {
  readonly name: string;
  readonly folder: string;
}

const shortestStem = 3;

/** Without version and punctuation: `pipewire-0.3` is in `libpipewire-0.3-dev`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '');
}

/** The same thing as it may be listed: a package that a message names is in no list of files under its name. */
function spellings({ kind, name }: Wanted): readonly Wanted[] {
  switch (kind) {
    case 'crate':
      return [];
    case 'debian-package':
      return [{ kind, name }];
    case 'cmake-package':
      return [
        { kind, name },
        { kind: 'module', name: name.toLowerCase() },
        { kind: 'library', name: name.toLowerCase() },
      ];
    case 'module':
      return [
        { kind, name },
        { kind: 'module', name: `lib${name}` },
      ];
    default:
      return [{ kind, name }];
  }
}
