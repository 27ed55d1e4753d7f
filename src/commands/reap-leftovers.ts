import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deleteTree } from '../customs/delete-tree.ts';
import { isLeftover } from '../customs/place-file.ts';
import type { Engine } from '../engine/engine.ts';
import { cacheFolders } from '../host/locations.ts';
import { isAliveId } from '../host/owner.ts';
import type { Session } from './session.ts';

/** Below the cache: writable copies of projects, one folder a run. */
export const copiesFolder = 'copies';

/** Below the state: what a self-test laid out, one folder a run. */
export const selftestFolder = 'selftest';

/** Takes away what killed commands left: boxes, the copies that they worked on, trees that they were deleting. */
export async function reapLeftovers({ locations }: Session, engine: Engine): Promise<void> {
  const { cache, data, state } = locations;
  await engine.reap();
  const ofRuns = [join(cache, copiesFolder), join(state, selftestFolder)];
  const ofDeletions = [cacheFolders.roots, cacheFolders.targets, cacheFolders.views].map((name) => join(cache, name));
  for (const within of ofRuns) await reap(within, (name) => isLeftover(name) || !isAliveId(name));
  // A tree leaves its place in one step before it is emptied.
  for (const within of [cache, ...ofDeletions, join(data, 'projects')]) await reap(within, isLeftover);
}

/** What cannot be deleted stays for the next command. */
async function reap(within: string, isDead: (name: string) => boolean): Promise<void> {
  for (const name of names(within)) if (isDead(name)) await deleteTree({ within, relative: name });
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
