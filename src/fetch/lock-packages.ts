import { all, failure, type Result, success } from '../base/result.ts';
import type { TomlTable, TomlValue } from '../facts/facts.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { parseToml } from '../toml/parse.ts';
import { isTable, stringAt, valueAt } from '../toml/read-table.ts';

/** What a Cargo.lock names beyond the project itself. */
export interface LockPackages {
  readonly crates: readonly LockedCrate[];
  readonly gitSources: readonly LockedGit[];
  /** Names with versions of the packages that are part of the project, as `name version`. */
  readonly own: readonly OwnPackage[];
  /** Every package, for a walk along its dependencies. */
  readonly graph: readonly GraphPackage[];
}

/** A package with what it depends on, as the lock lists it: `name`, `name version` or `name version (source)`. */
export interface GraphPackage extends OwnPackage {
  /** `null` for a package of the project. */
  readonly source: string | null;
}

export interface LockedCrate {
  readonly name: string;
  readonly version: string;
  /** As the lock writes it: `registry+URL` or `sparse+URL`. */
  readonly source: string;
  readonly sha256: string;
  /** How many packages it depends on. */
  readonly dependencyCount: number;
}

export interface LockedGit {
  /** As the lock writes it, without the commit: `git+URL?branch=…`. */
  readonly source: string;
  readonly url: string;
  readonly commit: string;
}

export interface OwnPackage {
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly string[];
}

const maximumCharacters = 8 * 1024 * 1024;
const file = 'Cargo.lock';

/** Reads a Cargo.lock of any version as data. Names and versions become parts of paths, so they are checked here. */
export function lockPackages(text: string): Result<LockPackages> {
  const parsed = parseToml(text.replace(/^\ufeff/, ''), file, { code: 'lock-broken', maximumCharacters });
  if (!parsed.ok) return parsed;
  const entries = all([...tablesAt(parsed.value, 'package'), ...unusedPatches(parsed.value)].map(readEntry));
  if (!entries.ok) return entries;
  const crates: LockedCrate[] = [];
  const git = new Map<string, LockedGit>();
  const own: OwnPackage[] = [];
  const problems: Problem[] = [];
  for (const entry of entries.value) {
    if (entry.source === null) own.push(entry);
    else if (entry.source.startsWith('git+')) {
      const source = gitSource(entry.source);
      if (source === null) problems.push(unreadable(`${entry.name} has a git source without a commit`));
      else git.set(entry.source, source);
    } else if (!entry.unused) {
      const sha256 = entry.checksum ?? stringAt(parsed.value, 'metadata', oldChecksumKey(entry)) ?? '';
      if (/^[0-9a-f]{64}$/.test(sha256))
        crates.push({ ...entry, source: entry.source, sha256, dependencyCount: entry.dependencies.length });
      else problems.push(withoutChecksum(entry));
    }
  }
  if (problems.length > 0) return failure(...problems);
  const graph = entries.value.filter(({ unused }) => !unused);
  return success({ crates, gitSources: [...git.values()], own, graph });
}

interface Entry extends GraphPackage {
  readonly checksum: string | null;
  /** A `[patch]` that nothing uses: cargo still wants its git repository. */
  readonly unused: boolean;
}

function tablesAt(table: TomlTable, ...path: readonly string[]): readonly { table: TomlTable; unused: boolean }[] {
  const held = valueAt(table, ...path);
  if (!Array.isArray(held)) return [];
  return held
    .filter((item: TomlValue): item is TomlTable => isTable(item))
    .map((item) => ({ table: item, unused: path.length > 1 }));
}

function unusedPatches(table: TomlTable) {
  return tablesAt(table, 'patch', 'unused');
}

function readEntry({ table, unused }: { table: TomlTable; unused: boolean }): Result<Entry> {
  const name = stringAt(table, 'name') ?? '';
  const version = stringAt(table, 'version') ?? '';
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_-]{0,127}$/u.test(name) || !/^[0-9][0-9A-Za-z.+-]{0,127}$/.test(version)) {
    return failure(
      unreadable(`it has a package with an impossible name or version: ${printable(`${name} ${version}`, 80)}`),
    );
  }
  const listed = valueAt(table, 'dependencies');
  const dependencies = Array.isArray(listed) ? listed.filter((item): item is string => typeof item === 'string') : [];
  return success({
    name,
    version,
    source: stringAt(table, 'source'),
    checksum: stringAt(table, 'checksum'),
    dependencies,
    unused,
  });
}

function gitSource(source: string): LockedGit | null {
  const [, whole = '', commit] = /^(git\+.*)#([0-9a-f]{40,64})$/.exec(source) ?? [];
  if (commit === undefined) return null;
  const url = whole.slice('git+'.length).replace(/\?(branch|tag|rev)=[^?]*$/, '');
  return { source: whole, url, commit };
}

/** Locks before version 2 keep all checksums in one table. */
function oldChecksumKey(entry: Entry): string {
  return `checksum ${entry.name} ${entry.version} (${entry.source})`;
}

function unreadable(why: string): Problem {
  return { code: 'lock-broken', what: 'Cargo.lock cannot be used', where: { file }, why };
}

function withoutChecksum(entry: Entry): Problem {
  return {
    code: 'checksum-mismatch',
    what: `Cargo.lock has no checksum for ${entry.name} ${entry.version}`,
    where: { file },
    why: 'without it nobody can tell whether the right crate was fetched',
    fix: 'Run `cargo-boxed update` to have it written anew.',
  };
}
