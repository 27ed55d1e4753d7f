import { unreachable } from '../base/unreachable.ts';
import { formatDuration, formatSize } from '../config/units.ts';
import type { Outcome } from '../engine/engine.ts';
import type { BoxLimits } from '../plan/box-plan.ts';
import { limitNames } from '../policy/judge-plan.ts';
import { printable } from '../problem/problem.ts';

/** How a box ended, in one sentence with the figure and the key to change. */
export function outcomeSentence(outcome: Exclude<Outcome, { kind: 'finished' }>, color = false): string {
  return `${color ? '\u001b[1;31merror\u001b[0m' : 'error'}: ${sentence(outcome)}`;
}

function sentence(outcome: Exclude<Outcome, { kind: 'finished' }>): string {
  switch (outcome.kind) {
    case 'killed':
      return `the command was killed by ${printable(outcome.signal)}`;
    case 'limit': {
      const key = limitNames[outcome.limit];
      const change = `to change it set \`limits.${key}\` or give \`--limit ${key}=VALUE\``;
      if (outcome.isOfEarlier === true) {
        const left = `earlier builds have left as much as its ${formatSize(outcome.value)} of ${key} in the target`;
        return `the box was not started: ${left}; run \`cargo-boxed reset\` to empty it, or ${change}`;
      }
      return `the box was stopped: ${reasons[outcome.limit](outcome.value)}; ${change}`;
    }
    case 'interrupted':
      return `interrupted by ${outcome.signal}`;
    case 'lost':
      return `the box was lost, so nothing is known of its result: ${printable(outcome.why)}`;
    default:
      return unreachable(outcome);
  }
}

const reasons: Readonly<Record<keyof BoxLimits, (value: number) => string>> = {
  memoryBytes: (value) => `it used its ${formatSize(value)} of memory`,
  processes: (value) => `it had ${value} processes and threads, as many as it may`,
  cpus: (value) => `it used more than its ${value} processors`,
  wallClockMs: (value) => `it ran for ${formatDuration(value)}, as long as it may`,
  silenceMs: (value) => `it wrote nothing for ${formatDuration(value)}`,
  diskBytes: (value) => `it filled its ${formatSize(value)} of disk`,
  openFiles: (value) => `it had ${value} files open, as many as it may`,
};
