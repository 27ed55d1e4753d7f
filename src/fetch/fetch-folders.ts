import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolders, type Locations } from '../host/locations.ts';
import { currentOwner, isAliveWord, ownerWord } from '../host/owner.ts';

/** Where the fetch phase keeps things, all below the cache so that a rename moves them. */
export interface FetchFolders {
  readonly fetchHome: string;
  readonly store: string;
  /** Which folder of the store a crate has; beside it, so that no box sees it. */
  readonly storeNames: string;
  readonly views: string;
  /** Of this run alone; removed at its end. */
  readonly run: string;
}

/** Below the cache, one folder a run. */
export const runsFolder = 'fetch-runs';

/** Nobody may list the store: a crate is found only by who knows its name. */
const storeMode = 0o311;

/** Makes the folders of one run, and takes away what killed runs left. */
export function makeFetchFolders({ cache }: Locations): FetchFolders {
  const runs = join(cache, runsFolder);
  mkdirSync(runs, { recursive: true, mode: 0o700 });
  removeDeadRuns(runs);
  const folders = {
    fetchHome: join(cache, cacheFolders.fetchHome),
    store: join(cache, cacheFolders.store),
    storeNames: join(cache, cacheFolders.storeNames),
    views: join(cache, cacheFolders.views),
    run: join(runs, `${ownerWord(currentOwner())}-${randomBytes(4).toString('hex')}`),
  };
  makeFetchHome(folders.fetchHome);
  if (mkdirSync(folders.store, { recursive: true }) !== undefined) chmodSync(folders.store, storeMode);
  if (storeId(folders.store) === null) writeFileSync(join(folders.store, idFile), randomBytes(16).toString('hex'));
  mkdirSync(folders.views, { recursive: true, mode: 0o700 });
  mkdirSync(folders.run, { mode: 0o700 });
  return folders;
}

const idFile = '.id';

/** Names this store among all that have stood in its place: a view of another one leads nowhere. `null`: no store. */
export function storeId(store: string): string | null {
  try {
    return readFileSync(join(store, idFile), 'utf8');
  } catch {
    return null;
  }
}

/** A CARGO_HOME for the fetch box. */
export function makeFetchHome(home: string): void {
  for (const folder of ['registry/src', 'registry/index', 'registry/cache', 'git']) {
    mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
  }
  // Mount points: the box sees files of this run in their place, so tokens are never kept in the cache.
  for (const file of ['config.toml', 'credentials.toml']) {
    writeFileSync(join(home, file), '', { flag: 'a', mode: 0o600 });
  }
}

export function removeRun(folders: FetchFolders): void {
  rmSync(folders.run, { recursive: true, force: true });
}

function removeDeadRuns(runs: string): void {
  // Not what another command is deleting at this moment, under a name of its own.
  for (const name of readdirSync(runs).filter((found) => /^\d+-\d+-[0-9a-f]{8}-/.test(found))) {
    if (isAliveWord(name)) continue;
    try {
      rmSync(join(runs, name), { recursive: true, force: true });
    } catch {
      // It stays for the next command.
    }
  }
}
