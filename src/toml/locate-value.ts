import type { Place } from '../problem/problem.ts';

/** Finds a place only when a message needs it: looking takes a walk through the whole text. */
export type Locate = () => Place;

/**
 * Where a string value is written: the first line that has it in quotes and has every name in its table header, its key
 * or before it; else the first line that has it; else the file alone. A reader's help only: nothing is decided by it.
 */
export function locateValue(text: string, file: string, value: string, names: readonly string[] = []): Place {
  let header = '';
  let key = '';
  let fallback: Place | null = null;
  let line = 0;
  for (const content of text.split('\n')) {
    line++;
    const trimmed = content.trimStart();
    if (trimmed.startsWith('[')) header = trimmed;
    const equals = content.indexOf('=');
    if (equals > 0 && !trimmed.startsWith('#')) key = content.slice(0, equals);
    const at = Math.max(content.indexOf(`"${value}"`), content.indexOf(`'${value}'`));
    if (at === -1 || trimmed.startsWith('#')) continue;
    const place = { file, line, column: at + 1 };
    const context = `${header} ${key} ${content.slice(0, at)}`;
    if (names.every((name) => context.includes(name))) return place;
    fallback ??= place;
  }
  return fallback ?? { file };
}
