/** What a thread is asked to do with one `.crate` file. Plain data: it crosses to a worker and back. */
export type UnpackJob = WholeJob | StubJob | ManifestJob;

interface CrateJob {
  /** The `.crate` file. */
  readonly archive: string;
  /** `<name>-<version>`: the folder that every entry has to lie in. */
  readonly prefix: string;
  /** What Cargo.lock says. */
  readonly sha256: string;
}

interface FolderJob extends CrateJob {
  /** Where the crate is made: a new folder of this run, on the same file system. */
  readonly workFolder: string;
  /** The folder of all crates, in which it stands afterwards, whole. */
  readonly store: string;
}

/** All of the crate. */
export interface WholeJob extends FolderJob {
  readonly kind: 'whole';
}

/** Its manifest, and files of ours in the place of its sources: for a crate that no wanted target compiles. */
export interface StubJob extends FolderJob {
  readonly kind: 'stub';
  readonly manifest: string;
  readonly sources: readonly string[];
}

/** Nothing but the text of its manifest. */
export interface ManifestJob extends CrateJob {
  readonly kind: 'manifest';
}

export type UnpackEnd =
  /** `folder`: its name in the store. */
  | { readonly kind: 'unpacked'; readonly folder: string }
  /** `null`: it has none, or not where it could be found quickly. */
  | { readonly kind: 'manifest'; readonly text: string | null }
  | { readonly kind: 'wrong-sum'; readonly actual: string }
  | { readonly kind: 'refused'; readonly entry: string | null; readonly why: string }
  /** The disk or the archive file itself failed. */
  | { readonly kind: 'failed'; readonly why: string };

/** Far above every real crate, low enough that a bomb fills neither memory nor disk. */
export interface UnpackLimits {
  readonly archiveBytes: number;
  readonly unpackedBytes: number;
  readonly entries: number;
}
export const unpackLimits: UnpackLimits = {
  archiveBytes: 256 * 1024 * 1024,
  unpackedBytes: 512 * 1024 * 1024,
  entries: 50_000,
};
