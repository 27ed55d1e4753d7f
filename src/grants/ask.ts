import type { Place } from '../problem/problem.ts';

/** One thing that a project wants beyond the narrow box: data, asked of nobody while a build runs. */
export interface Ask extends Wish {
  /** What it is, for people: `the host's variable \`DATABASE_URL\``. Safe to print. */
  readonly title: string;
  readonly where: Place;
}

/** What exactly is asked or granted. Two are the same when both texts are the same. */
export interface Wish {
  /** A key of the configuration (`env.pass`, `limits.memory`), or `path-dependency`. */
  readonly key: string;
  /** Canonical: one entry of a list, or the whole value of another key. Foreign text. */
  readonly value: string;
}

/** More than any value of a configuration has: whoever grants one is shown all of it. */
export const longestValue = 4096;

/** The answer to an ask, kept outside of the project. */
export interface Grant extends Wish {
  readonly from: GrantSource;
}
export type GrantSource =
  | { readonly kind: 'own'; readonly when: string }
  | { readonly kind: 'organisation'; readonly sha256: string };

/** The key of an ask for a folder outside of what is mounted. */
export const pathDependencyKey = 'path-dependency';

export function isSame(left: Wish, right: Wish): boolean {
  return left.key === right.key && left.value === right.value;
}
