import type { ManifestFacts, ProjectFacts } from '../facts/facts.ts';
import type { ExtraCrate } from '../lock/pins.ts';
import { isTable, valueAt } from '../toml/read-table.ts';
import type { LockedCrate } from './lock-packages.ts';
import { registrySources } from './registry-sources.ts';
import { builtInRegistry } from './source-chain.ts';
import { tomlText } from './toml-text.ts';

/** Never true, so that nothing is ever built for it; a name of ours, so that we know what is only there by it. */
export const recordedCfg = 'cfg(boxed_recorded)';

export interface Preference {
  /** Below the skeleton. */
  readonly manifest: string;
  readonly manifestText: string;
  readonly lockText: string;
}

/** A crate that is to be preferred. Without a sum, cargo looks it up in the index and writes it into the lock. */
export type PreferredCrate = Omit<ExtraCrate, 'checksum'> & Partial<Pick<ExtraCrate, 'checksum'>>;

/**
 * A project with crates that were recorded, such that cargo resolves to them as to those of any lock: they stand in the
 * lock, and a package depends on them, or cargo would drop them again. `null`: nothing is to be preferred.
 */
export function preferRecorded(
  project: ProjectFacts,
  variables: Readonly<Record<string, string>>,
  lockText: string,
  locked: readonly LockedCrate[],
  recorded: readonly PreferredCrate[],
): Preference | null {
  const crates = fitting(locked, recorded);
  const manifest = project.manifests.find(isOwnPackage);
  if (crates.length === 0 || manifest === undefined) return null;
  const all = [
    ...locked,
    ...crates.map(({ checksum = '', ...crate }) => ({ ...crate, sha256: checksum, dependencyCount: 0 })),
  ];
  const sources = new Map(registrySources(all, project.cargoConfig, variables).map((found) => [found.source, found]));
  const dependencies = crates.map(({ name, version, source }, index) => {
    const { name: sourceName = null, registry = null } = sources.get(source) ?? {};
    const byIndex = { 'registry-index': source.replace(/^registry\+/, '') };
    const from = sourceName === builtInRegistry ? {} : registry === null ? byIndex : { registry };
    return [`boxed-recorded-${index}`, { package: name, version, ...from }] as const;
  });
  const target = { [recordedCfg]: { dependencies: Object.fromEntries(dependencies) } };
  const entries = crates.map((crate) => `\n[[package]]\n${tomlText({ ...crate })}`);
  return {
    manifest: manifest.folder === '' ? 'Cargo.toml' : `${manifest.folder}/Cargo.toml`,
    manifestText: `${manifest.text}\n${tomlText({ target })}`,
    lockText: `${lockText}\n${entries.join('')}`,
  };
}

/** The newest of each compatible range that the lock leaves open: there can be but one of a range. */
function fitting(locked: readonly LockedCrate[], recorded: readonly PreferredCrate[]): readonly PreferredCrate[] {
  const taken = new Set(locked.map(rangeOf));
  const byRange = new Map<string, PreferredCrate>();
  for (const crate of recorded) {
    const range = rangeOf(crate);
    const other = byRange.get(range);
    if (taken.has(range) || !/^(registry|sparse)\+/.test(crate.source)) continue;
    if (other === undefined || isNewer(crate.version, other.version)) byRange.set(range, crate);
  }
  return [...byRange.values()];
}

/** Names a crate up to versions that cargo takes for compatible: 1.x, 0.3.x, 0.0.7. */
function rangeOf({ name, version, source }: Pick<ExtraCrate, 'name' | 'version' | 'source'>): string {
  const range = /^(?:0\.0\.\d+|0\.\d+|\d+)/.exec(version)?.[0] ?? version;
  return `${name} ${range} ${source}`;
}

function isNewer(left: string, right: string): boolean {
  // Made here: a collator takes 10 ms, and nearly no command needs one.
  return new Intl.Collator('en', { numeric: true }).compare(left, right) > 0;
}

function isOwnPackage({ role, content }: ManifestFacts): boolean {
  return role !== 'path-dependency' && isTable(valueAt(content, 'package'));
}
