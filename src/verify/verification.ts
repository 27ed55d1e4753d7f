import type { Variation } from '../plan/variations.ts';

/** What came of building twice, as `--json` prints it: `cargo-boxed schema verify` describes it. */
export interface Verification {
  readonly version: 1;
  /** All results were compared, and all are equal. */
  readonly equal: boolean;
  readonly engine: 'bwrap' | 'docker';
  /** How many builds it took. */
  readonly builds: number;
  /** What the second box had otherwise than the first. */
  readonly varied: readonly Variation[];
  /** What it had in common with it, wholly or in part, each with the reason. */
  readonly notVaried: Readonly<Record<string, string>>;
  readonly artifacts: readonly ComparedArtifact[];
  /** What may not leave a box, so that nothing is known of it. */
  readonly notCompared: readonly { readonly path: string; readonly reason: string }[];
  readonly differences: readonly Difference[];
}

/** One file of the export. `sha256` of the first and of the second build; `null`: it has none. */
export interface ComparedArtifact {
  readonly path: string;
  readonly sha256: readonly [string | null, string | null];
  readonly equal: boolean;
}

export interface Difference {
  readonly artifact: string;
  /** Sections of an ELF file, members of an archive; at most `mostParts`. */
  readonly parts: readonly { readonly name: string; readonly at: number; readonly sizes: readonly [number, number] }[];
  /** Where it begins, as far as it can be told. */
  readonly crates: readonly { readonly crate: string; readonly by: 'build-script' | 'compilation' }[];
  readonly causes: readonly Cause[];
}

/**
 * `randomness`: two runs of the same box differ, and no time was found in it. `unknown`: none of what was varied does it
 * alone.
 */
export interface Cause {
  readonly cause: Variation | 'randomness' | 'unknown';
  readonly evidence: CauseEvidence;
}

export type CauseEvidence =
  /** What stands in the first and in the second result, or in what they were made of (`in`, below the target). */
  | { readonly kind: 'bytes'; readonly found: readonly [string, string]; readonly in: string }
  /** A build in which only this was varied differs from the first, too. */
  | { readonly kind: 'only-this-varied' }
  /** Two builds in boxes that have nothing different differ. */
  | { readonly kind: 'same-box-twice' }
  | { readonly kind: 'none' };

/** What no box of ours varies, so that nothing is said of it. */
export const neverVaried: Readonly<Record<string, string>> = {
  'times of source files': 'both boxes have the same project mounted',
  'kernel, processor and file system': 'both boxes are on this machine',
  'paths of crates and toolchain': 'they are the same in every box on every machine',
  'where a crate is kept': 'both boxes have the store of this machine; debug information of a crate can name it',
  'programs without glibc': 'their clock, file order and number of processors are those of this machine',
};
