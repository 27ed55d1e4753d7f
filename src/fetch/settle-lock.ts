import { failure, type Result, success } from '../base/result.ts';
import type { Problem } from '../problem/problem.ts';
import { explainFailure } from './explain-failure.ts';
import { type FetchSession, runInSession, skeletonLock } from './fetch-session.ts';
import { fetchToolchain } from './fetch-toolchain.ts';
import { folderKey, type IndexFolders, writeIndexFolders } from './index-folders.ts';
import { learnIndexFolders } from './learn-index-folder.ts';
import { type LockedCrate, type LockPackages, lockPackages } from './lock-packages.ts';
import { registrySources } from './registry-sources.ts';
import { seedStubs } from './seed-stubs.ts';

/** A lock that fits the manifests, with all that it names downloaded. */
export interface SettledLock {
  readonly text: string;
  readonly packages: LockPackages;
  readonly folders: IndexFolders;
}

/**
 * With `--locked` cargo downloads and changes nothing. Else it resolves first, as a build would: it keeps all that still
 * fits, and writes the lock when its own text would be another one, which a build box with its read-only project cannot.
 */
export async function settleLock(session: FetchSession): Promise<Result<SettledLock>> {
  const mayChange = session.inputs.lockfile === 'may-change';
  if (session.inputs.facts.project.lockfile.state === 'present') return download(session, session.inputs.lockfile);
  if (!mayChange) return cargo(session, ['fetch', '--locked']) as Promise<Result<never>>;
  const resolved = await cargo(session, ['generate-lockfile']);
  return resolved.ok ? download(session, 'locked') : resolved;
}

async function cargo(session: FetchSession, cargoArguments: readonly string[]): Promise<Result<void>> {
  const folder = session.inputs.facts.project.workspace;
  const end = await runInSession(session, { arguments: cargoArguments, folder, shown: 'shown' });
  if (!end.ok) return end;
  if (end.value.status === 0) return success(undefined);
  return failure(explainFailure(end.value.said, 'what the project needs', session.withheldTokens));
}

async function download(session: FetchSession, lockfile: 'locked' | 'may-change'): Promise<Result<SettledLock>> {
  const text = skeletonLock(session);
  if (!text.ok) return text;
  const packages = lockPackages(text.value ?? '');
  // Where a checksum is missing, cargo looks it up and writes it, as for a crate that the lock does not name yet.
  const completes = lockfile === 'may-change' && !packages.ok && packages.problems.every(lacksChecksum);
  if (!packages.ok && !completes) return packages;
  const folders = await seedCrates(session, packages.ok ? packages.value.crates : []);
  if (session.inputs.signal.aborted) return failure({ code: 'fetch-failed', what: 'fetching was interrupted' });
  const end = await cargo(session, lockfile === 'locked' ? ['fetch', '--locked'] : ['fetch']);
  if (!end.ok) return end;
  const after = skeletonLock(session);
  if (!after.ok) return after;
  if (!packages.ok || after.value !== text.value)
    return lockfile === 'locked' ? failure(unsteady) : download(session, 'locked');
  writeIndexFolders(session.folders.fetchHome, folders);
  return success({ text: text.value ?? '', packages: packages.value, folders });
}

const lacksChecksum = ({ code }: Problem) => code === 'checksum-mismatch';

const unsteady: Problem = { code: 'fetch-failed', what: 'cargo wrote Cargo.lock although --locked forbade it' };

/** Lets cargo believe that these are unpacked, as far as it is known where it would unpack them. */
export async function seedCrates(session: FetchSession, crates: readonly LockedCrate[]): Promise<IndexFolders> {
  const { project, host } = session.inputs.facts;
  const sources = registrySources(crates, project.cargoConfig, host.variables);
  const folders = await learnIndexFolders(session, sources);
  for (const source of sources) {
    const folder = folders.known.get(folderKey(source, fetchToolchain(session.inputs.facts).version));
    if (folder !== undefined) seedStubs(session.unpacked, folder, source.crates);
  }
  return folders;
}
