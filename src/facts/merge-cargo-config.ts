import { isTable } from '../toml/read-table.ts';
import type { TomlTable, TomlValue } from './facts.ts';

/** Lists that name one command: the nearer one replaces the other. All further lists are joined. */
const commandLists = [
  'registries.*.credential-provider',
  'target.*.runner',
  'host.runner',
  'credential-alias.*',
  'doc.browser',
];

/** Merges as cargo does: tables key by key, the nearer value wins, the nearer file's list items stand last. */
export function mergeCargoConfig(nearer: TomlTable, farther: TomlTable, path: readonly string[] = []): TomlTable {
  const merged: Record<string, TomlValue> = Object.create(null);
  for (const [key, value] of Object.entries(farther)) merged[key] = value;
  for (const [key, value] of Object.entries(nearer)) {
    const other = Object.hasOwn(farther, key) ? farther[key] : undefined;
    merged[key] = other === undefined ? value : mergeValue(value, other, [...path, key]);
  }
  return merged;
}

function mergeValue(nearer: TomlValue, farther: TomlValue, path: readonly string[]): TomlValue {
  if (isTable(nearer) && isTable(farther)) return mergeCargoConfig(nearer, farther, path);
  if (Array.isArray(nearer) && Array.isArray(farther) && !isCommandList(path)) return [...farther, ...nearer];
  return nearer;
}

function isCommandList(path: readonly string[]): boolean {
  return commandLists.some((pattern) => {
    const parts = pattern.split('.');
    return parts.length === path.length && parts.every((part, index) => part === '*' || part === path[index]);
  });
}
