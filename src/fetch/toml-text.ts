import type { TomlTable, TomlValue } from '../facts/facts.ts';
import { isTable } from '../toml/read-table.ts';

/** TOML text of a table, keys sorted: equal tables give equal bytes. */
export function tomlText(table: TomlTable): string {
  return writeTable(table, []).join('\n');
}

function writeTable(table: TomlTable, path: readonly string[]): readonly string[] {
  const entries = Object.entries(table).sort(([left], [right]) => (left < right ? -1 : 1));
  const plain = entries.filter(([, value]) => !isTable(value));
  const nested = entries.filter((entry): entry is [string, TomlTable] => isTable(entry[1]));
  const header = path.length > 0 && plain.length > 0 ? [`[${path.map(quoted).join('.')}]`] : [];
  const lines = plain.map(([key, value]) => `${quoted(key)} = ${inline(value)}`);
  const block = [...header, ...lines];
  return [
    ...block,
    ...(block.length > 0 ? [''] : []),
    ...nested.flatMap(([key, value]) => writeTable(value, [...path, key])),
  ];
}

function inline(value: TomlValue): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' && Number.isInteger(value)) return String(value);
  if (typeof value === 'number')
    return Number.isFinite(value) ? exact(value) : String(value).replace('Infinity', 'inf').replace('NaN', 'nan');
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  const entries = Object.entries(value as TomlTable).map(([key, held]) => `${quoted(key)} = ${inline(held)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function exact(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text.replace(/^(-?\d+)e/, '$1.0e') : `${text}.0`;
}

/** JSON's escapes are TOML's, but for DEL, which TOML wants escaped. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}
