import type { CargoConfigFacts, TomlTable, TomlValue } from '../facts/facts.ts';
import { stringAt, tableAt } from '../toml/read-table.ts';

export interface RegistryTokens {
  /** For credentials.toml of the fetch box. */
  readonly credentials: TomlTable;
  /** Registries whose token stays here: the project alone says where it would be sent. */
  readonly withheld: readonly string[];
}

/**
 * The user's tokens of alternative registries. A token goes only where the user's own configuration says that the
 * registry is: else a project could name its server like the user's registry and would be handed the token. The
 * default registry needs none for reading, so its token never leaves the host.
 */
export function registryTokens(
  config: CargoConfigFacts,
  credentials: TomlTable,
  variables: Readonly<Record<string, string>>,
): RegistryTokens {
  const picked: Record<string, TomlValue> = Object.create(null);
  const withheld: string[] = [];
  for (const name of registryNames(config, credentials)) {
    const token =
      variables[registryVariable(name, 'TOKEN')] ??
      stringAt(credentials, 'registries', name, 'token') ??
      stringAt(config.user, 'registries', name, 'token');
    if (token === null) continue;
    const ownIndex = variables[registryVariable(name, 'INDEX')] ?? stringAt(config.user, 'registries', name, 'index');
    const projectIndex = stringAt(config.project, 'registries', name, 'index');
    const settledByUser = ownIndex !== null && (projectIndex === null || projectIndex === ownIndex);
    if (settledByUser || variables[registryVariable(name, 'INDEX')] !== undefined) picked[name] = { token };
    else if (projectIndex !== null) withheld.push(name);
  }
  return { credentials: Object.keys(picked).length > 0 ? { registries: picked } : {}, withheld: withheld.sort() };
}

function registryNames(config: CargoConfigFacts, credentials: TomlTable): readonly string[] {
  const tables = [config.user, config.project, credentials].map((table) => tableAt(table, 'registries'));
  return [...new Set(tables.flatMap((table) => Object.keys(table)))].sort();
}

/** `CARGO_REGISTRIES_MY_REG_INDEX` for `my-reg`. */
export function registryVariable(name: string, what: 'INDEX' | 'TOKEN'): string {
  return `CARGO_REGISTRIES_${name.toUpperCase().replaceAll('-', '_')}_${what}`;
}
