import { failure, type Result, success } from '../../base/result.ts';
import { printable } from '../../problem/problem.ts';

/** An image's name, taken apart. */
export interface ImageReference {
  /** Registry and path, as written. */
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
  /** With the tag that a name without one means: an engine that is asked without a tag pulls all of them. */
  readonly canonical: string;
}

const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const host = '(?:[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*|\\[[0-9a-fA-F:]+\\])(?::\\d{1,5})?';
const shape = new RegExp(
  `^((?:${host}/)?${part}(?:/${part})*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
);

/** Reads a reference; what an engine could take for something else is refused. */
export function readReference(text: string): Result<ImageReference> {
  const parts = text.length > 512 ? null : shape.exec(text);
  const repository = parts?.[1];
  if (repository === undefined) {
    return failure({
      code: 'config',
      what: `${printable(text, 120)} is no image reference`,
      fix: 'Write it as REPOSITORY:TAG or REPOSITORY@sha256:DIGEST, for example `rust:1-bookworm`.',
    });
  }
  const tag = parts?.[2] ?? null;
  const digest = parts?.[3] ?? null;
  const canonical = digest === null ? `${repository}:${tag ?? 'latest'}` : `${repository}@${digest}`;
  return success({ repository, tag, digest, canonical });
}
