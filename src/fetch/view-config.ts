import type { CargoConfigFacts, ManifestFacts, TomlTable, TomlValue } from '../facts/facts.ts';
import { inside } from '../plan/box-plan.ts';
import { isTable, stringAt, tableAt } from '../toml/read-table.ts';
import { type Allowed, isAnything, isNumber, isSwitch, isText, isTextOrTexts, pickAllowed } from './allowed-keys.ts';
import { registryVariable } from './registry-tokens.ts';
import { builtInRegistry, sourceLocation } from './source-chain.ts';

/** A program by its plain name is looked up in the box; a path would be one of the host. */
const isPlainName = (value: TomlValue) => typeof value === 'string' && /^[A-Za-z0-9_.+-]+$/.test(value);

/** Of the user's own configuration: what changes how is built, and names nothing of the host. */
const fromUser: { readonly [key: string]: Allowed } = {
  profile: { '*': isAnything },
  build: {
    jobs: isAnything,
    target: isTextOrTexts,
    rustflags: isTextOrTexts,
    rustdocflags: isTextOrTexts,
    incremental: isSwitch,
  },
  target: { '*': { linker: isPlainName, rustflags: isTextOrTexts, rustdocflags: isTextOrTexts } },
  alias: { '*': isTextOrTexts },
  term: { quiet: isSwitch, verbose: isSwitch, color: isText, hyperlinks: isSwitch, unicode: isSwitch },
  resolver: { 'incompatible-rust-versions': isText, 'feature-unification': isText },
  'future-incompat-report': { frequency: isText },
  registry: { default: isText },
  cache: { 'auto-clean-frequency': (value) => isText(value) || isNumber(value) },
};

/** A source of Cargo.lock whose crates stand unpacked in the view. */
export interface ViewSource {
  /** As the lock writes it. */
  readonly source: string;
  /** The configured name it has, `null` for one that is known by its URL alone. */
  readonly name: string | null;
  /** Folder below the crates of the view. */
  readonly folder: string;
}

/** config.toml of the CARGO_HOME that the build box sees. */
export function viewConfig(
  config: CargoConfigFacts,
  manifests: readonly ManifestFacts[],
  variables: Readonly<Record<string, string>>,
  sources: readonly ViewSource[],
): TomlTable {
  const replaced: Record<string, TomlTable> = Object.create(null);
  for (const source of sources) Object.assign(replaced, replacement(source, config));
  return {
    ...pickAllowed(config.user, fromUser),
    source: replaced,
    registries: registryIndexes(config, manifests, variables),
  };
}

/** The last source of a chain gets a replacement by the view: the project's own links to it hold as they are. */
function replacement(source: ViewSource, config: CargoConfigFacts): Record<string, TomlTable> {
  const own = `boxed-${source.folder}`;
  const directory = { directory: `${inside.crates}/${source.folder}` };
  const url = source.source.replace(/^registry\+/, '');
  if (source.name === null) return { [own]: directory, [`${own}-origin`]: { registry: url, 'replace-with': own } };
  const target = lastOfProject(source.name, config);
  // A replaced source still has to say what it is, once: the project's file, cargo itself, or we.
  const saysItself = target === builtInRegistry || Object.hasOwn(tableAt(config.project, 'source'), target);
  const location = saysItself ? {} : { registry: sourceLocation(target, config) ?? url };
  return { [own]: directory, [target]: { ...location, 'replace-with': own } };
}

/** Where the project's own links lead; the user's are not in the view. */
function lastOfProject(name: string, config: CargoConfigFacts): string {
  const seen = new Set<string>();
  let current = name;
  while (!seen.has(current)) {
    seen.add(current);
    current = stringAt(config.project, 'source', current, 'replace-with') ?? current;
  }
  return current;
}

/** A manifest that says `registry = "x"` is an error where nobody says what x is. */
function registryIndexes(
  config: CargoConfigFacts,
  manifests: readonly ManifestFacts[],
  variables: Readonly<Record<string, string>>,
): TomlTable {
  const indexes: Record<string, TomlTable> = Object.create(null);
  for (const name of registriesNamed(manifests)) {
    const index = variables[registryVariable(name, 'INDEX')] ?? stringAt(config.user, 'registries', name, 'index');
    if (index !== null) indexes[name] = { index };
  }
  return indexes;
}

/** Every registry that a manifest names, sorted. */
export function registriesNamed(manifests: readonly ManifestFacts[]): readonly string[] {
  const names = new Set<string>();
  const search = (value: TomlValue): void => {
    if (Array.isArray(value)) for (const item of value) search(item);
    else if (isTable(value)) {
      for (const [key, held] of Object.entries(value)) {
        if ((key === 'registry' || key === 'publish') && typeof held === 'string') names.add(held);
        else search(held);
      }
    }
  };
  for (const manifest of manifests) search(manifest.content);
  return [...names].sort();
}
