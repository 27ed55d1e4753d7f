import type { Place } from '../problem/problem.ts';

/** Finds a place only when a message needs it: looking takes a walk through the whole text. */
export type Locate = () => Place;

/** Occurrences that are looked at: a text of one value, repeated, must not cost more than a message is worth. */
const maximumOccurrences = 200;

/**
 * Where a string value is written: the first place that has it in quotes and has every name in its table header, its key
 * or before it; else the first that has it; else the file alone. A reader's help only: nothing is decided by it.
 */
export function locateValue(text: string, file: string, value: string, names: readonly string[] = []): Place {
  const offsets = occurrences(text, value);
  const found = offsets.find((at) => names.every((name) => contextOf(text, at).includes(name))) ?? offsets[0];
  if (found === undefined) return { file };
  const before = text.slice(0, found).split('\n');
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function occurrences(text: string, value: string): readonly number[] {
  const offsets: number[] = [];
  let looked = 0;
  for (const quoted of [`"${value}"`, `'${value}'`]) {
    for (let at = text.indexOf(quoted); at !== -1; at = text.indexOf(quoted, at + 1)) {
      if (!lineUpTo(text, at).trimStart().startsWith('#')) offsets.push(at);
      // Also what stands in comments costs a look.
      looked += 1;
      if (looked >= maximumOccurrences) break;
    }
  }
  return offsets.sort((left, right) => left - right);
}

/** The table header above, the line of the last `=`, and what stands on the same line before. */
function contextOf(text: string, at: number): string {
  const header = text.startsWith('[') ? Math.max(0, text.lastIndexOf('\n[', at)) : text.lastIndexOf('\n[', at);
  const headerLine = header === -1 ? '' : text.slice(header, text.indexOf('\n', header + 1));
  return `${headerLine} ${lineUpTo(text, text.lastIndexOf('=', at))} ${lineUpTo(text, at)}`;
}

function lineUpTo(text: string, at: number): string {
  return at < 0 ? '' : text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
}
