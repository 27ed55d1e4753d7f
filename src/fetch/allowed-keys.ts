import type { TomlTable, TomlValue } from '../facts/facts.ts';
import { isTable } from '../toml/read-table.ts';

/** What of a cargo configuration passes: a table of keys (`*`: any name), or the kinds of values at an end. */
export type Allowed = { readonly [key: string]: Allowed } | ((value: TomlValue) => boolean);

export const isText = (value: TomlValue) => typeof value === 'string';
export const isTexts = (value: TomlValue) => Array.isArray(value) && value.every(isText);
export const isNumber = (value: TomlValue) => typeof value === 'number' || typeof value === 'bigint';
export const isSwitch = (value: TomlValue) => typeof value === 'boolean';
export const isTextOrTexts = (value: TomlValue) => isText(value) || isTexts(value);
/** Text, numbers, switches, and lists and tables of them. */
export const isAnything = () => true;

/** The part of a configuration that is on the list. What is not on it is not passed on, whatever it is. */
export function pickAllowed(table: TomlTable, allowed: { readonly [key: string]: Allowed }): TomlTable {
  const picked: Record<string, TomlValue> = Object.create(null);
  for (const [key, value] of Object.entries(table)) {
    const rule = Object.hasOwn(allowed, key) ? allowed[key] : allowed['*'];
    if (rule === undefined) continue;
    if (typeof rule === 'function') {
      if (rule(value)) picked[key] = value;
    } else if (isTable(value)) {
      const held = pickAllowed(value, rule);
      if (Object.keys(held).length > 0) picked[key] = held;
    }
  }
  return picked;
}
