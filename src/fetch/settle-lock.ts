import { failure, type Result, success } from '../base/result.ts';
import { explainFailure, isOutOfReach } from './explain-failure.ts';
import { type FetchSession, runInSession, skeletonLock } from './fetch-session.ts';
import { isWorthShowing } from './hold-back.ts';
import { folderKey, type IndexFolders, writeIndexFolders } from './index-folders.ts';
import { learnIndexFolders } from './learn-index-folder.ts';
import { type LockedCrate, type LockPackages, lockPackages, writtenByCargo } from './lock-packages.ts';
import { registrySources } from './registry-sources.ts';
import { seedStubs } from './seed-stubs.ts';

/** A lock that fits the manifests, with all that it names downloaded. */
export interface SettledLock {
  readonly text: string;
  readonly packages: LockPackages;
  readonly folders: IndexFolders;
}

/**
 * First the download with `--locked`, which changes nothing. Where the lock may change and that fails, cargo resolves
 * (keeping all that still fits, as a build would) without downloading, and the download is tried again.
 */
export async function settleLock(session: FetchSession): Promise<Result<SettledLock>> {
  const mayChange = session.inputs.lockfile === 'may-change';
  if (session.inputs.facts.project.lockfile.state === 'present') {
    let isFinal = false;
    const first = await download(session, mayChange ? 'once-downloading' : 'shown', (said) => {
      isFinal = isOutOfReach(said) && isWorthShowing(said);
    });
    if (!mayChange || session.inputs.signal.aborted) return first;
    // Cargo compares the text: one that was not written by it would be written anew, in the box, where it cannot be.
    if (first.ok && first.value.text.startsWith(writtenByCargo)) return first;
    if (!first.ok && (isFinal || first.problems.some(({ code }) => final.has(code)))) return first;
    const resolved = await cargo(session, ['update', '--workspace']);
    return resolved.ok ? download(session, 'shown') : resolved;
  }
  if (!mayChange) return cargo(session, ['fetch', '--locked']) as Promise<Result<never>>;
  const resolved = await cargo(session, ['generate-lockfile']);
  return resolved.ok ? download(session, 'shown') : resolved;
}

/** What resolving anew cannot mend. */
const final: ReadonlySet<string> = new Set(['checksum-mismatch', 'engine-failed', 'lock-broken']);

async function cargo(
  session: FetchSession,
  cargoArguments: readonly string[],
  shown: 'shown' | 'once-downloading' = 'shown',
  onFailure: (said: string) => void = () => {},
): Promise<Result<void>> {
  const folder = session.inputs.facts.project.workspace;
  const end = await runInSession(session, { arguments: cargoArguments, folder, shown });
  if (!end.ok) return end;
  if (end.value.status === 0) return success(undefined);
  onFailure(end.value.said);
  return failure(explainFailure(end.value.said, 'what the project needs', session.withheldTokens));
}

async function download(
  session: FetchSession,
  shown: 'shown' | 'once-downloading',
  onFailure?: (said: string) => void,
): Promise<Result<SettledLock>> {
  const text = skeletonLock(session);
  if (!text.ok) return text;
  const packages = lockPackages(text.value ?? '');
  if (!packages.ok) return packages;
  const folders = await seedCrates(session, packages.value.crates);
  if (session.inputs.signal.aborted) return failure({ code: 'fetch-failed', what: 'fetching was interrupted' });
  const end = await cargo(session, ['fetch', '--locked'], shown, onFailure);
  if (!end.ok) return end;
  writeIndexFolders(session.folders.fetchHome, folders);
  return success({ text: text.value ?? '', packages: packages.value, folders });
}

/** Lets cargo believe that these are unpacked, as far as it is known where it would unpack them. */
export async function seedCrates(session: FetchSession, crates: readonly LockedCrate[]): Promise<IndexFolders> {
  const { project, host, toolchain } = session.inputs.facts;
  const sources = registrySources(crates, project.cargoConfig, host.variables);
  const folders = await learnIndexFolders(session, sources);
  for (const source of sources) {
    const folder = folders.known.get(folderKey(source, toolchain.version));
    if (folder !== undefined) seedStubs(session.unpacked, folder, source.crates);
  }
  return folders;
}
