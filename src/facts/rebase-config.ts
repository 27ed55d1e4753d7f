import { posix } from 'node:path';
import { isTable } from '../toml/read-table.ts';
import type { TomlTable, TomlValue } from './facts.ts';

/** Where a cargo configuration has paths that say where packages come from; `*` is any name. */
const pathKeys = ['patch.*.*.path', 'source.*.directory', 'source.*.local-registry', 'paths.*'];

/** The same configuration with paths that count from another folder; an absolute one only where it lies in `within`. */
export function rebaseConfig(table: TomlTable, from: string, to: string, within: string): TomlTable {
  const rebased = (value: TomlValue, key: readonly string[]): TomlValue => {
    if (typeof value === 'string' && pathKeys.some((pattern) => matches(pattern, key))) {
      const path = posix.resolve(from, value);
      const stays = value.startsWith('/') && path !== within && !path.startsWith(`${within}/`);
      return stays ? value : posix.relative(to, path) || '.';
    }
    if (Array.isArray(value)) return value.map((item) => rebased(item, [...key, '*']));
    return isTable(value) ? walk(value, key) : value;
  };
  const walk = (held: TomlTable, path: readonly string[]): TomlTable => {
    const copy: Record<string, TomlValue> = Object.create(null);
    for (const [key, value] of Object.entries(held)) copy[key] = rebased(value, [...path, key]);
    return copy;
  };
  return walk(table, []);
}

function matches(pattern: string, path: readonly string[]): boolean {
  const parts = pattern.split('.');
  return parts.length === path.length && parts.every((part, index) => part === '*' || part === path[index]);
}
