import { join } from 'node:path';
import type { Facts } from '../facts/facts.ts';
import { cacheFolders, type Locations } from '../host/locations.ts';
import { nothingBeyondLock } from './fetch-inputs.ts';
import { viewName } from './view-name.ts';

/** Where the view of the project as it is now stands, or will stand once it is fetched. */
export function currentView(
  facts: Facts,
  locations: Locations,
  beyondLock = nothingBeyondLock,
  targets: readonly string[] = [],
): string {
  const { lockfile } = facts.project;
  const name = viewName(facts, lockfile.state === 'present' ? lockfile.sha256 : 'none', beyondLock, targets);
  return join(locations.cache, cacheFolders.views, name);
}
