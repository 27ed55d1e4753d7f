import type { TomlTable, TomlValue } from '../facts/facts.ts';
import type { Aliases } from './classify-command.ts';

/**
 * The aliases of the environment (`CARGO_ALIAS_XTASK`) and of cargo configurations, the first table first: pass the
 * project's before the user's. As in cargo, variables win, a text is split at white space and a list is taken as it is;
 * anything else is no alias, and cargo will say so.
 */
export function readAliases(
  configurations: readonly TomlTable[],
  variables: Readonly<Record<string, string>> = {},
): Aliases {
  const aliases: Record<string, readonly string[]> = Object.create(null);
  for (const [variable, value] of Object.entries(variables)) {
    const name = /^CARGO_ALIAS_([A-Z0-9_]+)$/.exec(variable)?.[1]?.toLowerCase();
    if (name === undefined) continue;
    // The variable cannot tell which of both was meant: cargo looks it up from either.
    for (const spelling of [name, name.replaceAll('_', '-')]) aliases[spelling] = aliasWords(value) ?? [];
  }
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
