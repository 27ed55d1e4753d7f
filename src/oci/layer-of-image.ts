/** A layer of an image, as a file that lies among the blobs: not compressed, so that no compressor decides its bytes. */
export interface ImageLayer {
  /** What it holds, for people: `base`, `toolchain`, `layer alsa`. */
  readonly holds: string;
  /** Of the tar, as hexadecimal text. */
  readonly sha256: string;
  readonly sizeBytes: number;
}
