/** Something of the system that a build looked for. */
export interface Wanted {
  readonly kind: 'module' | 'library' | 'header' | 'program' | 'cmake-package' | 'debian-package' | 'crate';
  readonly name: string;
}

/** What a package looked for in vain. */
export interface Missed {
  /** The package whose build script or linking failed. */
  readonly crate: string;
  readonly wanted: Wanted;
  /** Nobody has looked for it by this name: it may lead to something, and is not said to be missing. */
  readonly isGuess?: true;
}

const words: Readonly<Record<Wanted['kind'], (name: string) => string>> = {
  module: (name) => `the pkg-config module ${name}`,
  library: (name) => `the library ${name}`,
  header: (name) => `the header ${name}`,
  program: (name) => `the program ${name}`,
  'cmake-package': (name) => `the CMake package ${name}`,
  'debian-package': (name) => `the Debian package ${name}`,
  crate: (name) => `what ${name} is known to need`,
};

/** As it stands in a sentence after "looked for". */
export function describeWanted({ kind, name }: Wanted): string {
  return words[kind](name);
}

export function isSameWanted(left: Wanted, right: Wanted): boolean {
  return left.kind === right.kind && left.name === right.name;
}
