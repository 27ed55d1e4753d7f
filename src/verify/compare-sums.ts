import type { ComparedArtifact } from './verification.ts';

type Sums = ReadonlyMap<string, string>;

/** All files of both, sorted. */
export function compareSums(left: Sums, right: Sums): readonly ComparedArtifact[] {
  return [...new Set([...left.keys(), ...right.keys()])].sort().map((path) => {
    const sha256 = [left.get(path) ?? null, right.get(path) ?? null] as const;
    return { path, sha256, equal: sha256[0] === sha256[1] };
  });
}

/** Paths of those that are not equal, sorted. */
export function differing(left: Sums, right: Sums): readonly string[] {
  return compareSums(left, right).flatMap(({ path, equal }) => (equal ? [] : [path]));
}
