import { posix } from 'node:path';
import { isTable } from '../toml/read-table.ts';
import type { TomlTable, TomlValue } from './facts.ts';

/** Where a cargo configuration has paths that say where packages come from; `*` is any name. */
const pathKeys = ['patch.*.*.path', 'source.*.directory', 'source.*.local-registry', 'paths.*'];

/** The same configuration with paths that count from another folder. */
export function rebaseConfig(table: TomlTable, from: string, to: string): TomlTable {
  const rebased = (value: TomlValue, path: readonly string[]): TomlValue => {
    if (typeof value === 'string' && pathKeys.some((pattern) => matches(pattern, path))) {
      return posix.relative(to, posix.resolve(from, value)) || '.';
    }
    if (Array.isArray(value)) return value.map((item) => rebased(item, [...path, '*']));
    return isTable(value) ? walk(value, path) : value;
  };
  const walk = (held: TomlTable, path: readonly string[]): TomlTable => {
    const copy: Record<string, TomlValue> = Object.create(null);
    for (const [key, value] of Object.entries(held)) copy[key] = rebased(value, [...path, key]);
    return copy;
  };
  return from === to ? table : walk(table, []);
}

function matches(pattern: string, path: readonly string[]): boolean {
  const parts = pattern.split('.');
  return parts.length === path.length && parts.every((part, index) => part === '*' || part === path[index]);
}
