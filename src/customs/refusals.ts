import { printable } from '../problem/problem.ts';
import { exportLimits } from './artifact-table.ts';

/** What was not let through, and why. Paths are made safe to print. */
export interface Refusal {
  readonly path: string;
  readonly reason: string;
}

/** Collects refusals; a hostile tree can make millions, so only the first are kept and the rest is counted. */
export interface Refusals {
  add(place: readonly string[], reason: string): void;
  /** A limit on the whole was met: what was not seen must not be taken for gone. */
  addBudget(place: readonly string[], reason: string): void;
  readonly listed: readonly Refusal[];
  readonly count: () => number;
  readonly complete: () => boolean;
}

export function collectRefusals(most: number = exportLimits.refusalsListed): Refusals {
  const listed: Refusal[] = [];
  let count = 0;
  let complete = true;
  const add = (place: readonly string[], reason: string) => {
    count += 1;
    if (listed.length < most) listed.push({ path: printable(place.join('/')), reason });
  };
  return {
    add,
    addBudget: (place, reason) => {
      complete = false;
      add(place, reason);
    },
    listed,
    count: () => count,
    complete: () => complete,
  };
}
