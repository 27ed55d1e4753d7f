import { unreachable } from '../base/unreachable.ts';
import type { Outcome } from '../engine/engine.ts';
import { type Problem, problemCodes } from '../problem/problem.ts';

const limitCodes = {
  wallClockMs: 124,
  silenceMs: 124,
  memoryBytes: 125,
  processes: 125,
  diskBytes: 125,
  cpus: 125,
  openFiles: 125,
} as const;
const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The one table from how a box ended to our exit code. A killed or vanished box is never a success. */
export function exitCodeOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'finished':
      return outcome.status;
    case 'killed':
      return 137;
    case 'limit':
      return limitCodes[outcome.limit];
    case 'interrupted':
      return signalCodes[outcome.signal];
    case 'lost':
      return 70;
    default:
      return unreachable(outcome);
  }
}

export function exitCodeOfProblems(problems: readonly Problem[]): number {
  const [first] = problems;
  return first === undefined ? 70 : problemCodes[first.code];
}
