import type { Result } from '../../base/result.ts';

/** What the image environment needs of an engine: to look, to pull, to read one path of an image without running it. */
export interface ImageStore {
  /** `null` when it is not there. Takes a reference, a reference by digest, or an image id. */
  inspect(reference: string): Promise<Result<StoredImage | null>>;
  pull(reference: string, onProgress: (progress: PullProgress) => void): Promise<Result<void>>;
  /** What stands at each of these absolute paths; links inside the image are followed to their target's name. */
  look(id: string, paths: readonly string[]): Promise<Result<readonly PathInImage[]>>;
  /** A regular file of an image; `null` where there is none or it is larger than that. Links are not followed. */
  read(id: string, path: string, mostBytes: number): Promise<Result<Buffer | null>>;
}

export interface StoredImage {
  /** The engine's own name of the content: `sha256:…`. */
  readonly id: string;
  /** `repository@sha256:…`, as the registries gave it. */
  readonly digests: readonly string[];
  readonly tags: readonly string[];
  readonly operatingSystem: string;
  /** As the registries call it: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface PathInImage {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'none';
}

export interface PullProgress {
  readonly status: string;
  readonly layer: string | null;
  readonly doneBytes: number | null;
  readonly totalBytes: number | null;
}
