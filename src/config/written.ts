import type { Place, Problem } from '../problem/problem.ts';
import type { Origin } from './config.ts';
import type { Location } from './document.ts';
import type { KeyName } from './key.ts';

/** What one source wrote: checked values of single keys. A later source's values go before an earlier one's. */
export type Written = ReadonlyMap<KeyName, WrittenValue>;
export interface WrittenValue {
  readonly value: unknown;
  readonly origin: Origin;
  /** Where each item of a list or map stands, by its text or name. */
  readonly items?: ReadonlyMap<string, Location>;
}

/** All of a source that could be read, with all that could not: faults are told at once, not one a run. */
export interface Source {
  readonly written: Written;
  readonly problems: readonly Problem[];
}
export const emptySource: Source = { written: new Map(), problems: [] };

/** The place of an origin, where it has one. */
export function placeOf(origin: Origin): { readonly where?: Place } {
  if (origin.kind !== 'user' && origin.kind !== 'project') return {};
  return { where: { file: origin.file, line: origin.line, column: origin.column } };
}
