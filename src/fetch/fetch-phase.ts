import { join } from 'node:path';
import { type Result, success } from '../base/result.ts';
import { cacheFolders } from '../host/locations.ts';
import type { ExtraCrate } from '../lock/pins.ts';
import { makeFetchFolders, removeRun } from './fetch-folders.ts';
import { type FetchInputs, nothingBeyondLock } from './fetch-inputs.ts';
import { type FetchSession, withFetchSession } from './fetch-session.ts';
import { fillView } from './fill-view.ts';
import { type LockedCrate, lockPackages } from './lock-packages.ts';
import { findView, isSettled, makeView, type View } from './make-view.ts';
import { needsNothing } from './needs-nothing.ts';
import { checkRecorded, resolveExtraCrates } from './resolve-extra-crates.ts';
import { settleLock } from './settle-lock.ts';
import { fetchStandardLibrary } from './standard-library.ts';
import { viewName } from './view-name.ts';
import { withStorage } from './with-storage.ts';

export interface Fetched {
  readonly view: View;
  readonly lockfile: LockfileChange;
  /** Crates beyond Cargo.lock that the command line's features bring in, for `cargo-boxed.lock`. */
  readonly extraCrates: readonly ExtraCrate[];
}

/** `changed`: the lock that cargo wrote, for the caller to bring back into the project. */
export type LockfileChange = { readonly kind: 'same' } | { readonly kind: 'changed'; readonly text: string };

/**
 * Gets what Cargo.lock names, checked, into the store, and makes the view of it. The only phase with a network; nothing
 * of the project runs in it. With a view from before it is done at once.
 */
export async function fetchPhase(inputs: FetchInputs): Promise<Result<Fetched>> {
  const without = await withStorage(inputs.locations.cache, async () => success(withoutBox(inputs)));
  if (!without.ok) return without;
  const known = without.value;
  if (known !== null) {
    const checked = checkRecorded(known.extraCrates, inputs.beyondLock ?? nothingBeyondLock);
    return checked.ok ? success(known) : checked;
  }
  return withFetchSession(inputs, async (session) => {
    let broken = 0;
    const onBroken = () => ++broken;
    const first = await fetchInSession(session, onBroken);
    return broken > 0 && !inputs.offline ? fetchInSession(session, onBroken) : first;
  });
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

/** What can be given without cargo: a view from before, or an empty one where nothing is needed. */
function withoutBox(inputs: FetchInputs): Fetched | null {
  const given = withLock(inputs);
  if (given !== null || inputs.crates !== 'not-needed') return given;
  const name = viewName(inputs.facts, 'not-needed', nothingBeyondLock, []);
  return { view: knownView(inputs, name) ?? emptyView(inputs, name), lockfile: { kind: 'same' }, extraCrates: [] };
}

function knownView({ locations: { cache } }: FetchInputs, name: string): View | null {
  return findView(join(cache, cacheFolders.views), name, join(cache, cacheFolders.store));
}

function withLock(inputs: FetchInputs): Fetched | null {
  const { project } = inputs.facts;
  const { beyondLock = nothingBeyondLock } = inputs;
  if (project.lockfile.state !== 'present') return null;
  const name = viewName(inputs.facts, project.lockfile.sha256, beyondLock, inputs.targets ?? []);
  const view = knownView(inputs, name);
  if (view !== null && (inputs.lockfile === 'locked' || isSettled(view, inputs.facts))) {
    return { view, lockfile: { kind: 'same' }, extraCrates: view.extraCrates };
  }
  const { features, standardLibrary } = beyondLock;
  if (features.length > 0 || standardLibrary) return null;
  const packages = lockPackages(project.lockfile.text);
  if (!packages.ok || !needsNothing(project, packages.value)) return null;
  return { view: emptyView(inputs, name), lockfile: { kind: 'same' }, extraCrates: [] };
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
