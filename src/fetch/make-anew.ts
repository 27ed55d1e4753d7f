import { join } from 'node:path';
import { type Result, success } from '../base/result.ts';
import type { ExtraCrate } from '../lock/pins.ts';
import { makeFetchFolders, removeRun } from './fetch-folders.ts';
import { type FetchInputs, nothingBeyondLock } from './fetch-inputs.ts';
import { type FetchSession, withFetchSession } from './fetch-session.ts';
import type { Fetched } from './fetched.ts';
import { fillView } from './fill-view.ts';
import type { View } from './find-view.ts';
import { type LockedCrate, lockPackages } from './lock-packages.ts';
import { makeView } from './make-view.ts';
import { needsNothing } from './needs-nothing.ts';
import { resolveExtraCrates } from './resolve-extra-crates.ts';
import { settleLock } from './settle-lock.ts';
import { fetchStandardLibrary } from './standard-library.ts';
import { nameOfNoCrates, nameWithLock } from './view-name.ts';
import { withStorage } from './with-storage.ts';

/** What the fetch phase does without a view from before: an empty one where nothing is needed, else cargo fetches. */
export async function makeAnew(inputs: FetchInputs): Promise<Result<Fetched>> {
  const empty = await withStorage(inputs.locations.cache, async () => success(viewOfNothing(inputs)));
  if (!empty.ok) return empty;
  if (empty.value !== null) return success({ view: empty.value, lockfile: { kind: 'same' }, extraCrates: [] });
  return withFetchSession(inputs, async (session) => {
    let broken = 0;
    const onBroken = () => ++broken;
    const first = await fetchInSession(session, onBroken);
    return broken > 0 && !inputs.offline ? fetchInSession(session, onBroken) : first;
  });
}

function viewOfNothing(inputs: FetchInputs): View | null {
  const named = nameWithLock(inputs);
  if (named !== null && locksNothing(inputs)) return emptyView(inputs, named);
  return inputs.crates === 'not-needed' ? emptyView(inputs, nameOfNoCrates(inputs)) : null;
}

function locksNothing({ facts: { project }, beyondLock = nothingBeyondLock }: FetchInputs): boolean {
  if (beyondLock.features.length > 0 || beyondLock.standardLibrary || project.lockfile.state !== 'present')
    return false;
  const packages = lockPackages(project.lockfile.text);
  return packages.ok && needsNothing(project, packages.value);
}

function emptyView(inputs: FetchInputs, name: string): View {
  const folders = makeFetchFolders(inputs.locations);
  try {
    return makeView({
      name,
      views: folders.views,
      store: folders.store,
      workFolder: join(folders.run, 'view'),
      fetchHome: folders.fetchHome,
      facts: inputs.facts,
      storeFolders: new Map(),
      sources: [],
      gitSources: [],
      extraCrates: [],
      lockfile: 'as-cargo-writes',
    });
  } finally {
    removeRun(folders);
  }
}

async function fetchInSession(session: FetchSession, onBroken: () => void): Promise<Result<Fetched>> {
  const locked = await settleLock(session);
  if (!locked.ok) return locked;
  const beyond = await fetchBeyondLock(session, locked.value.packages.crates);
  if (!beyond.ok) return beyond;
  const view = await fillView(session, locked.value, beyond.value.crates, beyond.value.extraCrates);
  if (!view.ok) {
    // An archive of a download that was cut short, by a kill or a full disk, was found and removed: cargo itself
    // believes it by its name.
    if (view.problems.every(({ code }) => code === 'checksum-mismatch')) onBroken();
    return view;
  }
  const { lockfile } = session.inputs.facts.project;
  const isLocked = session.inputs.lockfile === 'locked';
  const same = isLocked || (lockfile.state === 'present' && lockfile.text === locked.value.text);
  return success({
    view: view.value,
    lockfile: same ? { kind: 'same' } : { kind: 'changed', text: locked.value.text },
    extraCrates: beyond.value.extraCrates,
  });
}

interface Beyond {
  readonly crates: readonly LockedCrate[];
  readonly extraCrates: readonly ExtraCrate[];
}

async function fetchBeyondLock(session: FetchSession, locked: readonly LockedCrate[]): Promise<Result<Beyond>> {
  const { beyondLock = nothingBeyondLock } = session.inputs;
  const crates: LockedCrate[] = [];
  if (beyondLock.standardLibrary) {
    const library = await fetchStandardLibrary(session);
    if (!library.ok) return library;
    crates.push(...library.value);
  }
  if (beyondLock.features.length === 0) return success({ crates, extraCrates: [] });
  const extra = await resolveExtraCrates(session, beyondLock, locked);
  if (!extra.ok) return extra;
  for (const { checksum, ...crate } of extra.value) crates.push({ ...crate, sha256: checksum, dependencyCount: 0 });
  return success({ crates, extraCrates: extra.value });
}
