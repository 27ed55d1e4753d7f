import type { Stats } from 'node:fs';

type Stamped = Pick<Stats, 'dev' | 'ino' | 'size' | 'ctimeMs'>;

/** What changed may change once more within the same tick of the clock: the young is not remembered. */
const settledMs = 2000;

export function isSettled({ ctimeMs }: Pick<Stamped, 'ctimeMs'>, nowMs: number): boolean {
  return nowMs - ctimeMs > settledMs;
}

/** Identity, size and time of change of a file; nobody can set the last back. */
export function stampOf({ dev, ino, size, ctimeMs }: Stamped): string {
  return `${dev}:${ino}:${size}:${ctimeMs}`;
}
