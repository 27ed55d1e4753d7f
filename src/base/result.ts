import type { Problem } from '../problem/problem.ts';

/** What a step gives: a value, or the problems that the reader can act on. Steps never throw for these. */
export type Result<T> = Success<T> | Failure;
export interface Success<T> {
  readonly ok: true;
  readonly value: T;
}
export interface Failure {
  readonly ok: false;
  readonly problems: readonly Problem[];
}

export function success<T>(value: T): Success<T> {
  return { ok: true, value };
}

export function failure(...problems: readonly Problem[]): Failure {
  return { ok: false, problems };
}

/** All values, or the problems of every result that failed. */
export function all<T>(results: readonly Result<T>[]): Result<readonly T[]> {
  const problems = results.flatMap((result) => (result.ok ? [] : result.problems));
  if (problems.length > 0) return failure(...problems);
  return success(results.flatMap((result) => (result.ok ? [result.value] : [])));
}
