import type { TomlTable, TomlValue } from '../facts/facts.ts';

export const emptyTable: TomlTable = Object.freeze(Object.create(null) as TomlTable);

export function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}

/** The value at a path of own keys, or `undefined` when a part is missing or no table. */
export function valueAt(table: TomlTable, ...path: readonly string[]): TomlValue | undefined {
  let held: TomlValue | undefined = table;
  for (const key of path) {
    if (!isTable(held) || !Object.hasOwn(held, key)) return undefined;
    held = held[key];
  }
  return held;
}

/** The table at a path; an empty one when there is none. */
export function tableAt(table: TomlTable, ...path: readonly string[]): TomlTable {
  const held = valueAt(table, ...path);
  return isTable(held) ? held : emptyTable;
}

export function stringAt(table: TomlTable, ...path: readonly string[]): string | null {
  const held = valueAt(table, ...path);
  return typeof held === 'string' ? held : null;
}

/** The strings of an array; empty when there is none. Other values in it are passed over. */
export function stringsAt(table: TomlTable, ...path: readonly string[]): readonly string[] {
  const held = valueAt(table, ...path);
  return Array.isArray(held) ? held.filter((item): item is string => typeof item === 'string') : [];
}
