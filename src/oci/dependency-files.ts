import type { PackedFile } from '../archive/pack-files.ts';
import { treeFiles } from '../customs/tree-files.ts';

/** The compiled dependencies of one project, as they lie on this machine. */
export interface PackedDependencies {
  /** sha256 over all that they are compiled from and with. */
  readonly sum: string;
  readonly profile: DependencyProfile;
  /** A target of cargo, made by boxes: hostile. */
  readonly target: string;
  readonly own: OwnNames;
}

export type DependencyProfile = 'dev' | 'release';

/** The folder of a profile in a target, which is not always called like it. */
export const profileFolders: Readonly<Record<DependencyProfile, string>> = { dev: 'debug', release: 'release' };

/** What the packages of the project itself are called: nothing of them is a dependency. */
export interface OwnNames {
  readonly packages: ReadonlySet<string>;
  /** Of their libraries, as the compiler calls them. */
  readonly crates: ReadonlySet<string>;
}

const inImage = 'box/target';

/**
 * The files of an image with these: at the place where cargo has its target in every box, so that it finds them done. All
 * have one clock, which cargo takes as well, since it asks what is newer. Whoever runs in the image may write them, as
 * cargo does where a dependency is to be compiled otherwise.
 */
export function* dependencyFiles({ target, profile, own }: PackedDependencies): Generator<PackedFile> {
  const placeOf = (path: string, kind: string) => {
    const is = partOf(path, profile, own);
    return is === 'unit' || (is === 'on the way' && kind === 'folder') ? `${inImage}/${path}` : null;
  };
  for (const file of treeFiles(target, placeOf, () => {})) {
    if (file.kind === 'folder') yield { ...file, mode: 0o777 };
    else if (file.kind === 'open-file')
      yield { ...file, mode: (file.mode & 0o100) === 0 ? 0o666 : 0o777, modifiedNs: null };
    else yield file;
  }
}

/** `AREA[/TRIPLE]/PROFILE`, the folders that cargo has there, and in each the units. */
const unitPlace =
  /^(?:out|build)(?:\/(?!(?:debug|release)(?:\/|$))[^/]+)?(?:\/(debug|release)(?:\/(\.fingerprint|build|deps)(?:\/([^/]+)(?:\/.*)?)?)?)?$/s;

/**
 * Whether a path of a target is what cargo made of a dependency, or leads there. What is not known to be one stays: cargo
 * makes it again. Nothing of the project itself is among it, whoever has written into the target: what was compiled of
 * its empty stand-in must never be taken for it.
 */
export function partOf(path: string, profile: DependencyProfile, own: OwnNames): 'unit' | 'on the way' | 'other' {
  const match = unitPlace.exec(path);
  if (match === null) return 'other';
  const [, folder, kind, unit] = match;
  if (folder !== undefined && folder !== profileFolders[profile]) return 'other';
  if (kind === undefined || unit === undefined) return 'on the way';
  const isOwn = kind === 'deps' ? own.crates.has(crateOf(unit)) : !isOfOther(unit, own.packages);
  return isOwn ? 'other' : 'unit';
}

/** `PACKAGE-HASH`. */
function isOfOther(unit: string, own: ReadonlySet<string>): boolean {
  const name = /^(.+)-[0-9a-f]{16}$/s.exec(unit)?.[1];
  return name !== undefined && !own.has(name);
}

/** `libCRATE-HASH.rlib`, `CRATE-HASH.d`, `CRATE-HASH`, and without a hash what is loaded at run time. */
function crateOf(file: string): string {
  const library = /^lib(.+?)(?:-[0-9a-f]{16})?\.(?:rlib|rmeta|so|a)$/s.exec(file)?.[1];
  return library ?? /^(.+?)(?:-[0-9a-f]{16})?(?:\..*)?$/s.exec(file)?.[1] ?? file;
}
