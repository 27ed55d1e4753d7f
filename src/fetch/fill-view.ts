import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Result, success } from '../base/result.ts';
import type { TomlTable } from '../facts/facts.ts';
import type { ExtraCrate } from '../lock/pins.ts';
import { parseToml } from '../toml/parse.ts';
import { emptyTable, tableAt } from '../toml/read-table.ts';
import type { CrateArchive } from './explain-unpacking.ts';
import { nothingBeyondLock } from './fetch-inputs.ts';
import type { FetchSession } from './fetch-session.ts';
import { fetchToolchain } from './fetch-toolchain.ts';
import { fillStore } from './fill-store.ts';
import type { View } from './find-view.ts';
import { findArchive, folderKey, type IndexFolders } from './index-folders.ts';
import type { LockedCrate } from './lock-packages.ts';
import { makeView } from './make-view.ts';
import { neededCrates, packageKey } from './needed-crates.ts';
import { type PlatformEdges, platformEdges } from './platform-edges.ts';
import { type RegistrySource, registrySources } from './registry-sources.ts';
import type { SettledLock } from './settle-lock.ts';
import { vendoredPath } from './vendored-folders.ts';
import { viewName } from './view-name.ts';

/** Checks and unpacks what was downloaded, and makes the view of it. */
export async function fillView(
  session: FetchSession,
  settled: SettledLock,
  beyond: readonly LockedCrate[],
  extraCrates: readonly ExtraCrate[],
): Promise<Result<View>> {
  const { inputs, folders } = session;
  const { facts } = inputs;
  const crates = distinct([...settled.packages.crates, ...beyond]);
  const sources = registrySources(crates, facts.project.cargoConfig, facts.host.variables).filter(
    // Vendored crates are part of the project: the box sees them where they are.
    (source) => source.end.kind !== 'directory',
  );
  const filled = await fillStore(
    sources.flatMap((source) => archivesOf(session, source, settled.folders)),
    {
      store: folders.store,
      names: folders.storeNames,
      workFolder: join(folders.run, 'crates'),
      cpus: facts.host.cpus,
      signal: inputs.signal,
      needed: (manifests) => neededWhole(session, settled, beyond, manifests),
    },
  );
  if (!filled.ok) return filled;
  const view = makeView({
    name: viewName(
      facts,
      createHash('sha256').update(settled.text).digest('hex'),
      inputs.beyondLock ?? nothingBeyondLock,
      inputs.targets ?? [],
    ),
    views: folders.views,
    store: folders.store,
    workFolder: join(folders.run, 'view'),
    fetchHome: folders.fetchHome,
    facts,
    sources,
    storeFolders: filled.value,
    gitSources: settled.packages.gitSources,
    extraCrates,
    lockfile: inputs.lockfile === 'may-change' ? 'as-cargo-writes' : 'unknown',
  });
  return success(view);
}

/** Which crates the wanted targets compile. All, when there is no such list; all that no lock names, always. */
function neededWhole(
  { inputs }: FetchSession,
  { packages }: SettledLock,
  beyond: readonly LockedCrate[],
  manifests: ReadonlyMap<string, string>,
): (crate: LockedCrate) => boolean {
  const { targets = [], facts } = inputs;
  if (targets.length === 0) return () => true;
  const always = new Set(beyond.map(({ sha256 }) => sha256));
  const edges = new Map<string, PlatformEdges>();
  for (const crate of packages.crates) {
    const parsed = parseTargets(manifests.get(crate.sha256) ?? '');
    if (parsed !== null) edges.set(packageKey(crate), platformEdges(parsed));
  }
  const inherited = tableAt(facts.project.manifests[0]?.content ?? emptyTable, 'workspace', 'dependencies');
  for (const { name, version } of packages.own) {
    const manifest = facts.project.manifests.find(({ packageName }) => packageName === name);
    if (manifest !== undefined) {
      edges.set(packageKey({ name, version, source: null }), platformEdges(manifest.content, inherited));
    }
  }
  const needed = neededCrates(packages.graph, (found) => edges.get(packageKey(found)) ?? {}, targets);
  return (crate) => always.has(crate.sha256) || needed.has(packageKey(crate));
}

/** Parsing is most of the cost, and most crates have no dependency that is for some targets only. */
function parseTargets(manifest: string): TomlTable | null {
  if (!/\btarget\b/.test(manifest)) return null;
  const parsed = parseToml(manifest, 'Cargo.toml');
  return parsed.ok ? parsed.value : null;
}

function distinct(crates: readonly LockedCrate[]): readonly LockedCrate[] {
  return [...new Map(crates.map((crate) => [`${crate.source} ${crate.name} ${crate.version}`, crate])).values()];
}

function archivesOf(session: FetchSession, source: RegistrySource, folders: IndexFolders): readonly CrateArchive[] {
  const { project } = session.inputs.facts;
  const fileName = ({ name, version }: LockedCrate) => `${name}-${version}.crate`;
  if (source.end.kind === 'local-registry') {
    const path = vendoredPath(project, source.end.path);
    return source.crates.map((crate) => ({
      crate,
      archive: path === null ? null : join(project.mountRoot, path, fileName(crate)),
    }));
  }
  const folder = folders.known.get(folderKey(source, fetchToolchain(session.inputs.facts).version));
  return source.crates.map((crate) => ({
    crate,
    archive: findArchive(session.folders.fetchHome, folder, fileName(crate), crate.sha256),
  }));
}
