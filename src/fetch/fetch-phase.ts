import { join } from 'node:path';
import { type Result, success } from '../base/result.ts';
import { cacheFolders } from '../host/locations.ts';
import { checkRecorded } from './check-recorded.ts';
import { type FetchInputs, nothingBeyondLock } from './fetch-inputs.ts';
import type { Fetched } from './fetched.ts';
import { findView, isSettled, type View } from './find-view.ts';
import { nameOfNoCrates, nameWithLock } from './view-name.ts';
import { withStorage } from './with-storage.ts';

/**
 * Gets what Cargo.lock names, checked, into the store, and makes the view of it. The only phase with a network; nothing
 * of the project runs in it. With a view from before it is done at once.
 */
export async function fetchPhase(inputs: FetchInputs): Promise<Result<Fetched>> {
  const known = await withStorage(inputs.locations.cache, async () => success(viewFromBefore(inputs)));
  if (!known.ok) return known;
  // Most builds have a view, and need not wait until all that makes one is loaded.
  if (known.value === null) return (await import('./make-anew.ts')).makeAnew(inputs);
  const { extraCrates } = known.value;
  const checked = checkRecorded(extraCrates, inputs.beyondLock ?? nothingBeyondLock);
  return checked.ok ? success({ view: known.value, lockfile: { kind: 'same' }, extraCrates }) : checked;
}

function viewFromBefore(inputs: FetchInputs): View | null {
  const named = nameWithLock(inputs);
  const view = named === null ? null : knownView(inputs, named);
  if (view !== null && (inputs.lockfile === 'locked' || isSettled(view, inputs.facts))) return view;
  return inputs.crates === 'not-needed' ? knownView(inputs, nameOfNoCrates(inputs)) : null;
}

function knownView({ locations: { cache } }: FetchInputs, name: string): View | null {
  return findView(join(cache, cacheFolders.views), name, join(cache, cacheFolders.store));
}
