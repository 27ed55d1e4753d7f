/** What a person looks for after a command: each area is scanned only when the command can have changed it. */
export const artifactAreas = ['programs', 'documentation', 'packages', 'timings'] as const;
export type ArtifactArea = (typeof artifactAreas)[number];

/** More than any honest build makes. What is beyond is named and stays in the target. */
export const exportLimits = {
  files: 100_000,
  folders: 20_000,
  /** Names looked at, wanted or not. */
  names: 1_000_000,
  fileBytes: 4 * 1024 ** 3,
  totalBytes: 16 * 1024 ** 3,
  documentationDepth: 48,
  /** Refusals that are listed; more are counted. */
  refusalsListed: 100,
} as const;

/** Folders of cargo's own work, in every layout; `examples` is handled where it belongs. */
const workFolders = new Set(['build', 'deps', 'incremental', 'examples', 'tmp']);

/** Whether a folder right below the target, or below a target triple, can hold a profile's results. */
export function mayHoldPrograms(name: string): boolean {
  return !isHidden(name) && !workFolders.has(name) && !namedFolders.has(name);
}

/** Folders right below the target that are not profiles. */
const namedFolders = new Set(['doc', 'package', 'cargo-timings']);

/** Binaries and libraries. Left out: dependency lists (they name paths of the box), metadata for rustc, lock files. */
export function isProgram(name: string): boolean {
  return !isHidden(name) && name !== 'CACHEDIR.TAG' && !/\.(d|rmeta)$/.test(name);
}

/** Like programs; the layout before 1.91 keeps a second name with a hash for each example. */
export function isExample(name: string): boolean {
  return isProgram(name) && !/-[0-9a-f]{16}(\.[a-z]+)?$/.test(name);
}

export function isPackage(name: string): boolean {
  return !isHidden(name) && name.endsWith('.crate');
}

/** The one page that is always the newest; cargo keeps all older ones beside it. */
export function isTimingPage(name: string): boolean {
  return name === 'cargo-timing.html';
}

export function isDocumentation(name: string): boolean {
  return !isHidden(name);
}

/** Cargo's and rustdoc's lock files, fingerprints, temporary files: never a result. */
export function isHidden(name: string): boolean {
  return name.startsWith('.');
}
