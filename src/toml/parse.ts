import { parse } from 'smol-toml';
import { failure, type Result, success } from '../base/result.ts';
import type { TomlTable } from '../facts/facts.ts';
import { type ProblemCode, printable } from '../problem/problem.ts';
import { findDeepKey } from './find-deep-key.ts';

export interface ParseTomlOptions {
  /** The code of the problem; `manifest` unless given. */
  readonly code?: ProblemCode;
  /** Two million characters take well under a second in the worst case; Cargo.lock may need more. */
  readonly maximumCharacters?: number;
}

const maximumCharacters = 2 * 1024 * 1024;
const maximumDepth = 64;

/**
 * Parses foreign TOML in bounded time. Tables have no prototype, so `__proto__` and `constructor` are plain keys.
 * A problem has line and column but never a word of the file: a committed link could make it somebody's secret.
 */
export function parseToml(text: string, file: string, options: ParseTomlOptions = {}): Result<TomlTable> {
  const refuse = (why: string, place?: { readonly line: number; readonly column: number }) =>
    failure({
      code: options.code ?? 'manifest',
      what: `${printable(file)} is not valid TOML`,
      where: { file, ...place },
      why,
    });
  const limit = options.maximumCharacters ?? maximumCharacters;
  if (text.length > limit) return refuse(`it has ${text.length} characters, more than the ${limit} that are read`);
  const deep = findDeepKey(text, maximumDepth);
  if (deep !== null) return refuse(`a key has more than ${maximumDepth} parts`, lineAndColumn(text, deep));
  try {
    return success(parse(text, { maxDepth: maximumDepth, integersAsBigInt: 'asNeeded' }) as TomlTable);
  } catch (error) {
    return refuse(reasonOf(error), placeOf(error));
  }
}

/** The parser's first line is one of its own fixed sentences; what follows shows the file. */
function reasonOf(error: unknown): string {
  if (placeOf(error) === undefined || !(error instanceof Error)) return 'it cannot be parsed';
  const sentence = error.message.split('\n', 1)[0] ?? '';
  return sentence.replace(/^Invalid TOML document: /, '');
}

function placeOf(error: unknown): { readonly line: number; readonly column: number } | undefined {
  const { line, column } = (error ?? {}) as { line?: unknown; column?: unknown };
  return typeof line === 'number' && typeof column === 'number' ? { line, column } : undefined;
}

function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
