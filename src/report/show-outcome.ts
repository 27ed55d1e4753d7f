import { formatDuration, formatSize } from '../config/units.ts';
import type { Outcome } from '../engine/engine.ts';
import { limitNames } from '../policy/judge-plan.ts';

/** How a box ended, in one sentence with the figure and the key to change. */
export function outcomeSentence(outcome: Exclude<Outcome, { kind: 'finished' }>): string {
  switch (outcome.kind) {
    case 'killed':
      return `error: the box was killed by ${outcome.signal}`;
    case 'limit': {
      const key = limitNames[outcome.limit];
      return `error: the box was stopped at its limit ${key} = ${figure(outcome.limit, outcome.value)}; \`limits.${key}\` or \`--limit ${key}=…\` changes it`;
    }
    case 'interrupted':
      return `error: interrupted by ${outcome.signal}`;
    case 'lost':
      return `error: the box was lost: ${outcome.why}`;
  }
}

function figure(limit: string, value: number): string {
  if (limit.endsWith('Bytes')) return formatSize(value);
  return limit.endsWith('Ms') ? formatDuration(value) : String(value);
}
