/** A root file system in the cache. */
export interface DebianRoot {
  readonly path: string;
  readonly sha256: string;
}
