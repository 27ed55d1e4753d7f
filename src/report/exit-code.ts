import { constants } from 'node:os';
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
const fault = 70;

/** The one table from how a box ended to our exit code. A killed or vanished box is never a success. */
export function exitCodeOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'finished':
      return Number.isInteger(outcome.status) && outcome.status >= 0 && outcome.status <= 255 ? outcome.status : fault;
    case 'killed': {
      const number = Object.entries(constants.signals).find(([name]) => name === outcome.signal)?.[1];
      return number === undefined ? fault : 128 + number;
    }
    case 'limit':
      return limitCodes[outcome.limit];
    case 'interrupted':
      return signalCodes[outcome.signal];
    case 'lost':
      return fault;
    default:
      return unreachable(outcome);
  }
}

/** The first problem is the one that stopped us. */
export function exitCodeOfProblems(problems: readonly Problem[]): number {
  const [first] = problems;
  return first === undefined ? fault : problemCodes[first.code];
}
