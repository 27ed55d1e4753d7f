/** One crate archive to check and unpack. Plain data: it crosses to a worker and back. */
export interface UnpackJob {
  /** The `.crate` file. */
  readonly archive: string;
  /** `<name>-<version>`: the folder that every entry has to lie in. */
  readonly prefix: string;
  /** What Cargo.lock says. */
  readonly sha256: string;
  /** Where the crate is made: a new folder of this run, on the same file system. */
  readonly workFolder: string;
  /** Where the crate stands afterwards, whole; its parent exists. */
  readonly folder: string;
}

export type UnpackEnd =
  | { readonly kind: 'unpacked' }
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
