import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { cacheFolders } from '../host/locations.ts';
import { explainFailure } from './explain-failure.ts';
import { makeFetchFolders, removeRun } from './fetch-folders.ts';
import type { FetchInputs } from './fetch-inputs.ts';
import { type FetchSession, runInSession, skeletonLock, withFetchSession } from './fetch-session.ts';
import { findArchive, folderKey, type IndexFolders, writeIndexFolders } from './index-folders.ts';
import { learnIndexFolders } from './learn-index-folder.ts';
import { type LockPackages, lockPackages } from './lock-packages.ts';
import { findView, makeView, type View } from './make-view.ts';
import { needsNothing } from './needs-nothing.ts';
import { type RegistrySource, registrySources } from './registry-sources.ts';
import { seedStubs } from './seed-stubs.ts';
import { type CrateArchive, fillStore, storeSecret } from './store.ts';
import { vendoredPath } from './vendored-folders.ts';
import { viewName } from './view-name.ts';

export interface Fetched {
  readonly view: View;
  readonly lockfile: LockfileChange;
}

/** `changed`: the lock that cargo wrote, for the caller to bring back into the project. */
export type LockfileChange = { readonly kind: 'same' } | { readonly kind: 'changed'; readonly text: string };

/**
 * Gets what Cargo.lock names, checked, into the store, and makes the view of it. The only phase with a network; nothing
 * of the project runs in it. With a view from before it is done at once.
 */
export async function fetchPhase(inputs: FetchInputs): Promise<Result<Fetched>> {
  const { lockfile } = inputs.facts.project;
  if (lockfile.state === 'present') {
    const view = findView(
      join(inputs.locations.cache, cacheFolders.views),
      viewName(inputs.facts, lockfile.sha256, []),
    );
    if (view !== null) return success({ view, lockfile: { kind: 'same' } });
    const packages = lockPackages(lockfile.text);
    if (packages.ok && needsNothing(inputs.facts.project, packages.value))
      return success(emptyView(inputs, lockfile.sha256));
  }
  return withFetchSession(inputs, async (session) => {
    const locked = await settleLock(session);
    return locked.ok ? fillView(session, locked.value) : locked;
  });
}

function emptyView(inputs: FetchInputs, lockSha256: string): Fetched {
  const folders = makeFetchFolders(inputs.locations);
  try {
    const view = makeView({
      name: viewName(inputs.facts, lockSha256, []),
      views: folders.views,
      workFolder: join(folders.run, 'view'),
      fetchHome: folders.fetchHome,
      facts: inputs.facts,
      secret: Buffer.alloc(0),
      sources: [],
      gitSources: [],
    });
    return { view, lockfile: { kind: 'same' } };
  } finally {
    removeRun(folders);
  }
}

/** A lock that fits the manifests, with all that it names downloaded. */
interface Settled {
  readonly text: string;
  readonly packages: LockPackages;
  readonly sources: readonly RegistrySource[];
  readonly folders: IndexFolders;
}

/**
 * First the download with `--locked`, which changes nothing. Where the lock may change and that fails, cargo resolves
 * (keeping all that still fits, as a build would) without downloading, and the download is tried again.
 */
async function settleLock(session: FetchSession): Promise<Result<Settled>> {
  const mayChange = session.inputs.lockfile === 'may-change';
  if (session.inputs.facts.project.lockfile.state === 'present') {
    const first = await download(session, mayChange ? 'once-downloading' : 'shown');
    if (first.ok || !mayChange || session.inputs.signal.aborted) return first;
    if (first.problems.some(({ code }) => code === 'checksum-mismatch' || code === 'engine-failed')) return first;
    const resolved = await cargo(session, ['update', '--workspace']);
    return resolved.ok ? download(session, 'shown') : resolved;
  }
  if (!mayChange) return cargo(session, ['fetch', '--locked']) as Promise<Result<never>>;
  const resolved = await cargo(session, ['generate-lockfile']);
  return resolved.ok ? download(session, 'shown') : resolved;
}

async function cargo(
  session: FetchSession,
  cargoArguments: readonly string[],
  shown: 'shown' | 'once-downloading' = 'shown',
): Promise<Result<void>> {
  const folder = session.inputs.facts.project.workspace;
  const end = await runInSession(session, { arguments: cargoArguments, folder, shown });
  if (!end.ok) return end;
  if (end.value.status === 0) return success(undefined);
  return failure(explainFailure(end.value.said, 'what the project needs', session.withheldTokens));
}

async function download(session: FetchSession, shown: 'shown' | 'once-downloading'): Promise<Result<Settled>> {
  const { facts, inputs } = { facts: session.inputs.facts, inputs: session.inputs };
  const text = skeletonLock(session) ?? '';
  const packages = lockPackages(text);
  if (!packages.ok) return packages;
  const sources = registrySources(packages.value.crates, facts.project.cargoConfig, facts.host.variables);
  const folders = await learnIndexFolders(session, sources);
  for (const source of sources) {
    const folder = folders.known.get(folderKey(source, facts.toolchain.version));
    if (folder !== undefined) seedStubs(session.unpacked, folder, source.crates);
  }
  if (inputs.signal.aborted) return failure({ code: 'fetch-failed', what: 'fetching was interrupted' });
  const end = await cargo(session, ['fetch', '--locked'], shown);
  if (!end.ok) return end;
  writeIndexFolders(session.folders.fetchHome, folders);
  return success({ text, packages: packages.value, sources, folders });
}

async function fillView(session: FetchSession, settled: Settled): Promise<Result<Fetched>> {
  const { inputs, folders } = session;
  const secret = storeSecret(inputs.locations.data);
  const sources = settled.sources.filter((source) => source.end.kind !== 'directory');
  const filled = await fillStore(
    sources.flatMap((source) => archivesOf(session, source, settled.folders)),
    {
      store: folders.store,
      secret,
      workFolder: join(folders.run, 'crates'),
      cpus: inputs.facts.host.cpus,
      signal: inputs.signal,
    },
  );
  if (!filled.ok) return filled;
  const { lockfile } = inputs.facts.project;
  const view = makeView({
    name: viewName(inputs.facts, createHash('sha256').update(settled.text).digest('hex'), []),
    views: folders.views,
    workFolder: join(folders.run, 'view'),
    fetchHome: folders.fetchHome,
    facts: inputs.facts,
    secret,
    sources,
    gitSources: settled.packages.gitSources,
  });
  const same = lockfile.state === 'present' && lockfile.text === settled.text;
  return success({ view, lockfile: same ? { kind: 'same' } : { kind: 'changed', text: settled.text } });
}

function archivesOf(session: FetchSession, source: RegistrySource, folders: IndexFolders): readonly CrateArchive[] {
  const { project, toolchain } = session.inputs.facts;
  const fileName = ({ name, version }: { name: string; version: string }) => `${name}-${version}.crate`;
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
