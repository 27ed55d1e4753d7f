import type { GraphPackage } from '../fetch/lock-packages.ts';

/** A crate that a difference begins in. */
export interface Origin {
  readonly crate: string;
  /** `build-script`: what it has written or told cargo differs too. */
  readonly by: 'build-script' | 'compilation';
  /** The files of it that differ, below the target, sorted. */
  readonly files: readonly string[];
}

export interface CrateInputs {
  /** Paths below the target of what differs between the sources and the results. */
  readonly differing: readonly string[];
  /** Names of cargo's notes on what it has made. */
  readonly notes: readonly string[];
  /** The packages of Cargo.lock. */
  readonly graph: readonly Pick<GraphPackage, 'name' | 'dependencies'>[];
}

/**
 * The crates that differences begin in: what is compiled of them differs, and nothing that they depend on does; or their
 * build scripts have given something else. Sorted by name.
 */
export function originsOf({ differing, notes, graph }: CrateInputs): readonly Origin[] {
  const packages = packagesOf(notes, graph);
  const compiled = new Map<string, string[]>();
  const scripted = new Map<string, string[]>();
  for (const path of differing) {
    const made = makerOf(path, packages);
    if (made === null) continue;
    addTo(made.by === 'compilation' ? compiled : scripted, made.crate, path);
  }
  const direct = directDependencies(graph);
  // A build can give its files any names: of more crates than a build has only the first are followed.
  const crates = [...compiled.keys()].slice(0, mostCrates);
  const origins = crates.filter((crate) => {
    if (scripted.has(crate)) return true;
    return ![...dependenciesOf(crate, direct)].some((other) => other !== crate && compiled.has(other));
  });
  return origins.sort().map((crate) => {
    const ofScript = scripted.get(crate) ?? [];
    const files = [...ofScript, ...(compiled.get(crate) ?? [])].sort();
    return { crate, by: ofScript.length > 0 ? 'build-script' : 'compilation', files };
  });
}

/** More than the largest projects compile. */
const mostCrates = 2000;

function addTo(lists: Map<string, string[]>, name: string, item: string): void {
  const held = lists.get(name);
  if (held === undefined) lists.set(name, [item]);
  else held.push(item);
}

/** Of these the ones that a result can have something of; all, when it is not known which package it is of. */
export function originsWithin(
  artifact: string,
  origins: readonly Origin[],
  { notes, graph }: Pick<CrateInputs, 'notes' | 'graph'>,
): readonly Origin[] {
  const name = /([^/]+?)(?:\.(?:rlib|a|so|wasm|exe|dwp|dll|dylib))?$/.exec(artifact)?.[1] ?? '';
  const packages = packagesOf(notes, graph);
  const of = packages.get(plain(name)) ?? packages.get(plain(name.replace(/^lib/, '')));
  if (of === undefined) return origins;
  const within = new Set([of, ...dependenciesOf(of, directDependencies(graph))]);
  const found = origins.filter(({ crate }) => within.has(crate));
  return found.length > 0 ? found : origins;
}

/** Of each thing that cargo has made, by its name with `_`, the package that it is of; and of each package itself. */
function packagesOf(notes: readonly string[], graph: CrateInputs['graph']): ReadonlyMap<string, string> {
  const packages = new Map(graph.map(({ name }) => [plain(name), name]));
  for (const note of notes) {
    const made = /(?:^|\/)([^/]+)[-/][0-9a-f]{16}(?:\/fingerprint)?\/(?:bin|lib|example)-([^/]+)$/.exec(note);
    if (made?.[1] !== undefined && made[2] !== undefined) packages.set(plain(made[2]), made[1]);
  }
  return packages;
}

function plain(name: string): string {
  return name.replaceAll('-', '_');
}

/** Whose a file is: `build/NAME-HASH/out/…` and `output` of build scripts, `deps/libNAME-HASH.rlib` of the compiler. */
function makerOf(
  path: string,
  packages: ReadonlyMap<string, string>,
): { readonly crate: string; readonly by: Origin['by'] } | null {
  const compiled = /(?:^|\/)(?:deps|build\/[^/]+\/[0-9a-f]{16}\/out)\/(?:lib)?([^/]+)-[0-9a-f]{16}(?:\.[^/]*)?$/.exec(
    path,
  )?.[1];
  if (compiled !== undefined) {
    return {
      crate: packages.get(plain(compiled)) ?? packages.get(plain(`lib${compiled}`)) ?? compiled,
      by: 'compilation',
    };
  }
  const script = /(?:^|\/)build\/([^/]+)[-/][0-9a-f]{16}\/(?:out\/.*|output|stdout)$/.exec(path)?.[1];
  return script === undefined ? null : { crate: script, by: 'build-script' };
}

type Direct = ReadonlyMap<string, readonly string[]>;

/** What a package of each name depends on itself, whatever its version. */
function directDependencies(graph: CrateInputs['graph']): Direct {
  const byName = new Map<string, string[]>();
  for (const { name, dependencies } of graph)
    for (const dependency of dependencies) addTo(byName, name, dependency.split(' ', 1)[0] ?? '');
  return byName;
}

/** All that a package depends on, by name, as Cargo.lock has it; without itself where nothing leads back. */
function dependenciesOf(name: string, direct: Direct): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...(direct.get(name) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const other of direct.get(next) ?? []) waiting.push(other);
  }
  return seen;
}
