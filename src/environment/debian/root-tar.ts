/** A root as a tar that exists as long as its scratch folder does. */
export interface RootTar {
  readonly file: string;
  readonly sha256: string;
  remove(): Promise<void>;
}
