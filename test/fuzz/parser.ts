import type { Result } from '../../src/base/result.ts';

/** One reader of foreign bytes, ready to be fed. */
export interface Parser {
  readonly name: string;
  /** The modules below `src/` that it drives. */
  readonly modules: readonly string[];
  /** Inputs that are right or nearly so; those in `corpus/<name>/` come on top. */
  readonly seeds: () => Promise<readonly Uint8Array[]> | readonly Uint8Array[];
  /** Words of its format. */
  readonly words: readonly (string | Uint8Array)[];
  /**
   * Feeds it once. Expected failures come back; throwing is a finding, of the parser or of a check on what it gave.
   * `cuts`: the sizes of pieces, for streams.
   */
  readonly feed: (bytes: Buffer, cuts: readonly number[]) => Promise<Fed> | Fed;
  /** `words-only`: it follows links or gives messages of a library, so no word of the input may be in its problems. */
  readonly messages?: 'words-only';
  /** Cases that are worth a file system each: there are fewer of them in the short run. */
  readonly cost?: 'dear';
  /** The largest input that its caller lets through; at most a megabyte is tried. */
  readonly mostBytes: number;
}

/** What it came to: a result whose problems are looked at, or nothing to look at. */
export type Fed = Result<unknown> | undefined;

export function text(...lines: readonly string[]): Uint8Array {
  return Buffer.from(`${lines.join('\n')}\n`);
}

export function pieces(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const all: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = cuts[turn % cuts.length] ?? 1;
    all.push(bytes.subarray(at, at + size));
    at += size;
  }
  return all;
}

/** As readers of files do it before they hand text on; `null` for bytes that they refuse. */
export function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
