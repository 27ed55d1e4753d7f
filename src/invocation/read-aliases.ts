import type { TomlTable, TomlValue } from '../facts/facts.ts';
import type { Aliases } from './classify-command.ts';

/**
 * The aliases of cargo configurations, the first table first: pass the project's before the user's. As in cargo, a
 * text is split at white space and a list is taken as it is; anything else is no alias, and cargo will say so.
 */
export function readAliases(configurations: readonly TomlTable[]): Aliases {
  const aliases: Record<string, readonly string[]> = Object.create(null);
  for (const configuration of configurations) {
    const table = Object.hasOwn(configuration, 'alias') ? configuration.alias : undefined;
    if (table === undefined || !isTable(table)) continue;
    for (const [name, value] of Object.entries(table)) {
      const words = aliasWords(value);
      if (words !== null && !Object.hasOwn(aliases, name)) aliases[name] = words;
    }
  }
  return aliases;
}

function aliasWords(value: TomlValue): readonly string[] | null {
  if (typeof value === 'string') return value.split(/\s+/).filter((word) => word !== '');
  if (!Array.isArray(value)) return null;
  return value.every((word): word is string => typeof word === 'string') ? value : null;
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}
