import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { deleteTree } from '../../customs/delete-tree.ts';
import { isLeftover } from '../../customs/place-file.ts';
import type { Engine } from '../../engine/engine.ts';
import { runsFolder } from '../../fetch/fetch-folders.ts';
import { folderNames } from '../../host/folder-names.ts';
import { cacheFolders } from '../../host/locations.ts';
import { abandonedPaths } from '../../host/noted-path.ts';
import { isAliveId, isRunning } from '../../host/owner.ts';
import type { Session } from '../session.ts';
import { forbiddenFolders } from './forbidden-folders.ts';
import { doorsFolder } from './open-box-doors.ts';

/** Below the cache: writable copies of projects, one folder a run. */
export const copiesFolder = 'copies';

/** Below the state: what a self-test laid out, one folder a run. */
export const selftestFolder = 'selftest';

/** Takes away what killed commands left: boxes, folders of their own, trees that they were deleting, half-made files. */
export async function reapLeftovers(session: Session, engine: Engine): Promise<void> {
  const { cache, data, state } = session.locations;
  await engine.reap();
  await reapTemporary(session);
  const ofRuns = [
    ...[copiesFolder, runsFolder, cacheFolders.records, cacheFolders.trials].map((name) => join(cache, name)),
    ...[selftestFolder, doorsFolder].map((name) => join(state, name)),
  ];
  const ofDeletions = [cacheFolders.roots, cacheFolders.targets, cacheFolders.views].map((name) => join(cache, name));
  for (const within of ofRuns) await reap(within, (name) => isLeftover(name) || !isAliveId(name));
  // A tree leaves its place in one step before it is emptied.
  for (const within of [cache, ...ofDeletions, join(data, 'projects')]) await reap(within, isLeftover);
  await reap(join(cache, cacheFolders.roots), (name) => name.startsWith('.new-') && !isAliveId(name));
  const ofDrafts = [join(state, 'listings'), join(state, 'locks'), join(cache, 'cleaned'), join(data, 'default')];
  for (const folder of [...ofDrafts, join(data, 'grants'), state]) removeDrafts(folder);
}

/** What lies beside files of other programs: roots and package lists in the making, names of pipes, a canary. */
async function reapTemporary(session: Session): Promise<void> {
  for (const { path, forget } of abandonedPaths(session.locations.state)) {
    const { removeScratch } = await import('../../environment/debian/scratch.ts');
    const { variables } = session.host;
    await removeScratch({ variables, forbidden: forbiddenFolders(session, null) }, path);
    forget();
  }
}

/** What cannot be deleted stays for the next command. */
async function reap(within: string, isDead: (name: string) => boolean): Promise<void> {
  for (const name of folderNames(within)) if (isDead(name)) await deleteTree({ within, relative: name });
}

/** A file is written under a name that says who does it, and then gets its own. */
const draft = /\.(?:new-)?(\d+)$/;
const ofLock = /\.\d+-\d+-[0-9a-f]{8}$/;

function removeDrafts(folder: string): void {
  for (const name of folderNames(folder)) {
    const maker = draft.exec(name)?.[1];
    const isDead = maker !== undefined ? !isRunning(Number(maker)) : ofLock.test(name) && !isAliveId(name);
    if (isDead) rmSync(join(folder, name), { force: true });
  }
}
