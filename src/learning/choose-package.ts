import { isPackageName } from '../layers/additions.ts';
import type { Wanted } from '../layers/wanted.ts';

/** Which Debian packages have something, by the suite's own list of files. */
export interface PackageIndex {
  find(wanted: Wanted): readonly string[];
}

/** More than these have a file of that name: then it says nothing of which one is meant. */
const mostCandidates = 6;

/**
 * The Debian package that has it: of several the one for building, then the one with the shortest name. What nobody can
 * tell apart, and a program or header that too many have, is not guessed.
 */
export function choosePackage(wanted: Wanted, index: PackageIndex): string | null {
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
