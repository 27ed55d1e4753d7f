import { performance } from 'node:perf_hooks';
import { type Ended, run } from '../support/rig.ts';

/** One side of a comparison: how to run it once, and what to do before, outside of the time. */
export interface Side {
  readonly argv: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly prepare?: () => void;
}

export interface Ratio {
  readonly oursMs: number;
  readonly theirsMs: number;
  /** Median of the pairs' own ratios: what slows the machine for a while slows both sides of a pair. */
  readonly ratio: number;
  /** Median of the pairs' own differences. */
  readonly moreMs: number;
  readonly pairs: number;
}

/** Runs both sides one after the other, `pairs` times, in changing order. */
export async function compare(ours: Side, theirs: Side, pairs: number): Promise<Ratio> {
  const times: { ours: number; theirs: number }[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const first = pair % 2 === 0 ? ours : theirs;
    const firstMs = await timeOnce(first);
    const secondMs = await timeOnce(first === ours ? theirs : ours);
    times.push(first === ours ? { ours: firstMs, theirs: secondMs } : { ours: secondMs, theirs: firstMs });
  }
  return {
    oursMs: median(times.map((time) => time.ours)),
    theirsMs: median(times.map((time) => time.theirs)),
    ratio: median(times.map((time) => time.ours / time.theirs)),
    moreMs: median(times.map((time) => time.ours - time.theirs)),
    pairs,
  };
}

export async function timeOnce(side: Side): Promise<number> {
  side.prepare?.();
  const started = performance.now();
  await mustSucceed(side);
  return performance.now() - started;
}

/** A measured run that fails measures nothing. */
export async function mustSucceed(side: Side): Promise<Ended> {
  const ended = await run(side.argv, {
    variables: side.variables,
    currentFolder: side.folder,
    limitSeconds: 1800,
  });
  if (ended.status !== 0) throw new Error(`${side.argv.join(' ')}\n${ended.text}`);
  return ended;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1] ?? Number.NaN, sorted[middle] ?? Number.NaN];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
