import fc from 'fast-check';
import { checkCase, seedsOf } from './check.ts';
import { bytesOf, largeInputs, type Sample, samples } from './mutate.ts';
import type { Parser } from './parser.ts';

export interface Finding {
  readonly why: string;
  /** The smallest input that was found. */
  readonly bytes: Buffer;
  readonly cuts: readonly number[];
}
export interface ParserRun {
  readonly cases: number;
  readonly milliseconds: number;
  readonly finding: Finding | null;
}
export interface RunOptions {
  readonly cases: number;
  readonly seed: number;
  /** How many inputs are as large as they may be. */
  readonly large: number;
  readonly mostMs: number;
  /** Called before each case of the long run, so that one without end can be told. */
  readonly onCase?: (number: number) => void;
}

const largest = 1024 * 1024;

/** Seeds as they are, then inputs as large as they may be, then mutations. Ends with the first finding. */
export async function runParser(parser: Parser, options: RunOptions): Promise<ParserRun> {
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  const seeds = await seedsOf(parser);
  let cases = 0;
  const run = async (bytes: Buffer, cuts: readonly number[]) => {
    cases += 1;
    options.onCase?.(cases);
    await checkCase(parser, bytes, cuts);
  };
  const end = (finding: Finding | null): ParserRun => ({ cases, milliseconds: elapsed(), finding });
  for (const bytes of fixedInputs(parser, seeds, options)) {
    if (elapsed() > options.mostMs) break;
    try {
      await run(bytes, [7, 1]);
    } catch (error) {
      return end({ why: (error as Error).message, bytes, cuts: [7, 1] });
    }
  }
  let stopped = false;
  const property = fc.asyncProperty(samples, async (sample) => {
    if (stopped || elapsed() > options.mostMs) {
      stopped = true;
      return;
    }
    await run(bytesOf(sample, seeds, parser.words), sample.cuts);
  });
  const { failed, counterexample, errorInstance } = await fc.check(property, {
    numRuns: options.cases,
    seed: options.seed,
    endOnFailure: false,
  });
  if (!failed) return end(null);
  const [sample] = counterexample as [Sample];
  const bytes = bytesOf(sample, seeds, parser.words);
  return end({ why: (errorInstance as Error | null)?.message ?? 'it failed', bytes, cuts: sample.cuts });
}

function* fixedInputs(parser: Parser, seeds: readonly Uint8Array[], options: RunOptions): Generator<Buffer> {
  yield Buffer.alloc(0);
  for (const seed of seeds) yield Buffer.from(seed);
  const all = [...largeInputs(seeds, parser.words, Math.min(parser.mostBytes, largest))];
  // Spread over all of them; another seed takes others.
  const step = Math.max(1, all.length / options.large);
  for (let at = options.seed % step; at < all.length; at += step) yield all[Math.floor(at)] as Buffer;
}
