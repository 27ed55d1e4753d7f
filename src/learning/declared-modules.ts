import type { TomlTable, TomlValue } from '../facts/facts.ts';
import { isTable, stringAt, stringsAt, tableAt, valueAt } from '../toml/read-table.ts';

/** Modules of pkg-config of which one will do: the one that is meant, then those that stand in for it. */
export type OneOf = readonly string[];

/** Far more than any crate declares. */
const mostModules = 50;
const mostNames = 10;

/**
 * What `[package.metadata.system-deps]` of a manifest says that the crate cannot do without, in this build. The rules are
 * those of the crate system-deps: `optional`, `feature`, and versions with names of their own where a feature asks for
 * them. `holds` judges a `cfg(…)`. What is not understood is not needed: a wrong guess is worse than none.
 */
export function declaredModules(
  manifest: TomlTable,
  features: ReadonlySet<string>,
  holds: (cfg: string) => boolean,
): readonly OneOf[] {
  const declared = tableAt(manifest, 'package', 'metadata', 'system-deps');
  const entries = Object.entries(declared).flatMap(([key, value]) => {
    if (!key.startsWith('cfg(')) return [[key, value] as const];
    return isTable(value) && holds(key) ? Object.entries(value) : [];
  });
  const modules = entries.slice(0, mostModules).flatMap(([key, value]) => moduleOf(key, value, features) ?? []);
  return modules.map((names) => names.filter(isModule).slice(0, mostNames)).filter((names) => names.length > 0);
}

/** `null`: it is not needed, or not understood. */
function moduleOf(key: string, value: TomlValue, features: ReadonlySet<string>): readonly [OneOf] | null {
  if (typeof value === 'string') return [[key]];
  if (!isTable(value)) return null;
  const feature = stringAt(value, 'feature');
  if (feature !== null && !features.has(feature)) return null;
  const newest = newestWanted(value, features);
  const isOptional = booleanAt(newest, 'optional') ?? booleanAt(value, 'optional') ?? false;
  if (isOptional) return null;
  const name = stringAt(newest, 'name') ?? stringAt(value, 'name') ?? key;
  const instead = Object.hasOwn(newest, 'fallback-names') ? newest : value;
  return [[name, ...stringsAt(instead, 'fallback-names')]];
}

/** Of `v1_2 = {version = …}` the one of the highest version whose feature is on; an empty table where none is. */
function newestWanted(entry: TomlTable, features: ReadonlySet<string>): TomlTable {
  const wanted = Object.entries(entry).flatMap(([key, value]) =>
    key.startsWith('v') && isTable(value) && features.has(key) ? [value] : [],
  );
  return wanted.reduce((best, one) => (isNewer(one, best) ? one : best), wanted[0] ?? ({} as TomlTable));
}

function isNewer(left: TomlTable, right: TomlTable): boolean {
  const [ours, theirs] = [numbersOf(left), numbersOf(right)];
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    const difference = (ours[at] ?? 0) - (theirs[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function numbersOf(table: TomlTable): readonly number[] {
  const digits = (stringAt(table, 'version') ?? '').slice(0, 100).match(/\d{1,9}/g) ?? [];
  return digits.map(Number);
}

function booleanAt(table: TomlTable, key: string): boolean | null {
  const held = valueAt(table, key);
  return typeof held === 'boolean' ? held : null;
}

function isModule(word: string): boolean {
  return /^[A-Za-z0-9][\w.+-]{0,63}$/.test(word);
}
