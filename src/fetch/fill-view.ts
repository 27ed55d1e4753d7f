import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Result, success } from '../base/result.ts';
import type { ExtraCrate } from '../lock/pins.ts';
import { nothingBeyondLock } from './fetch-inputs.ts';
import type { FetchSession } from './fetch-session.ts';
import { findArchive, folderKey, type IndexFolders } from './index-folders.ts';
import type { LockedCrate } from './lock-packages.ts';
import { makeView, type View } from './make-view.ts';
import { type RegistrySource, registrySources } from './registry-sources.ts';
import type { SettledLock } from './settle-lock.ts';
import { type CrateArchive, fillStore, storeSecret } from './store.ts';
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
  const secret = storeSecret(inputs.locations.data);
  const crates = distinct([...settled.packages.crates, ...beyond]);
  const sources = registrySources(crates, facts.project.cargoConfig, facts.host.variables).filter(
    // Vendored crates are part of the project: the box sees them where they are.
    (source) => source.end.kind !== 'directory',
  );
  const filled = await fillStore(
    sources.flatMap((source) => archivesOf(session, source, settled.folders)),
    {
      store: folders.store,
      secret,
      workFolder: join(folders.run, 'crates'),
      cpus: facts.host.cpus,
      signal: inputs.signal,
    },
  );
  if (!filled.ok) return filled;
  const view = makeView({
    name: viewName(
      facts,
      createHash('sha256').update(settled.text).digest('hex'),
      inputs.beyondLock ?? nothingBeyondLock,
    ),
    views: folders.views,
    workFolder: join(folders.run, 'view'),
    fetchHome: folders.fetchHome,
    facts,
    secret,
    sources,
    gitSources: settled.packages.gitSources,
    extraCrates,
  });
  return success(view);
}

function distinct(crates: readonly LockedCrate[]): readonly LockedCrate[] {
  return [...new Map(crates.map((crate) => [`${crate.source} ${crate.name} ${crate.version}`, crate])).values()];
}

function archivesOf(session: FetchSession, source: RegistrySource, folders: IndexFolders): readonly CrateArchive[] {
  const { project, toolchain } = session.inputs.facts;
  const fileName = ({ name, version }: LockedCrate) => `${name}-${version}.crate`;
  if (source.end.kind === 'local-registry') {
    const path = vendoredPath(project, source.end.path);
    return source.crates.map((crate) => ({
      crate,
      archive: path === null ? null : join(project.mountRoot, path, fileName(crate)),
    }));
  }
  const folder = folders.known.get(folderKey(source, toolchain.version));
  return source.crates.map((crate) => ({
    crate,
    archive: findArchive(session.folders.fetchHome, folder, fileName(crate)),
  }));
}
