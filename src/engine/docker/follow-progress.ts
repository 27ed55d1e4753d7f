import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { failure, type Result, success } from '../../base/result.ts';
import { printable } from '../../problem/problem.ts';

/** One line of what the engine tells while it pulls or imports. */
export interface ProgressLine {
  readonly status: string;
  /** The layer it is about. */
  readonly id: string | null;
  readonly doneBytes: number | null;
  readonly totalBytes: number | null;
}

/**
 * Reads the engine's progress to its end. The answer's 200 only says that it began: an error comes as a line of the
 * stream, and a stream that is cut off never said that it succeeded.
 */
export async function followProgress(
  stream: Readable,
  onLine: (line: ProgressLine) => void = () => undefined,
): Promise<Result<readonly ProgressLine[]>> {
  const lines: ProgressLine[] = [];
  try {
    for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (text.trim() === '') continue;
      const said = JSON.parse(text) as Record<string, unknown>;
      const error = (said.errorDetail as { message?: unknown } | undefined)?.message ?? said.error;
      if (error !== undefined) return failed(String(error));
      const line = progressLine(said);
      // Only the last words matter afterwards, and a large image has many thousands of lines.
      if (line.totalBytes === null) lines.push(line);
      onLine(line);
    }
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
  if (!stream.readableEnded) return failed('the engine broke off');
  return success(lines);
}

function progressLine(said: Record<string, unknown>): ProgressLine {
  const detail = (said.progressDetail ?? {}) as { current?: unknown; total?: unknown };
  const text = (value: unknown) => (typeof value === 'string' ? printable(value) : null);
  const count = (value: unknown) => (typeof value === 'number' && value > 0 ? value : null);
  return {
    status: text(said.status) ?? '',
    id: text(said.id),
    doneBytes: count(detail.current),
    totalBytes: count(detail.total),
  };
}

function failed(why: string): Result<never> {
  return failure({ code: 'engine-failed', what: 'the engine reported an error', why: printable(why.trim(), 600) });
}
