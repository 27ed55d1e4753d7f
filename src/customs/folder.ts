import { closeSync, constants, mkdirSync, opendirSync, openSync } from 'node:fs';

/**
 * A folder that is held open. Names are resolved from the held folder by the kernel (`/proc/self/fd/N/name`), so nobody
 * can swap a component for a link between a check and its use, and the length of the way to it does not matter.
 */
export interface Folder {
  readonly descriptor: number;
  /** The held folder itself, as a path. */
  readonly path: string;
}

/** A name in a folder: bytes where it comes from a hostile tree, since names need not be UTF-8. */
export type Name = string | Buffer;

/** Node does not name it: a descriptor that only stands for a place, and needs no right to read what is there. */
const pathOnly = 0o10000000;
const folderFlags = pathOnly | constants.O_DIRECTORY;

/** Opens a folder that is ours or the caller's: links on the way to it are followed. Throws the system's error. */
export function openRoot(path: string): Folder {
  return held(openSync(path, folderFlags));
}

/** Opens a folder by one name, never through a link. Throws the system's error: ENOTDIR for a link or a file. */
export function openFolder(parent: Folder, name: Name): Folder {
  return held(openSync(at(parent, name), folderFlags | constants.O_NOFOLLOW));
}

/** Like `openFolder`, and makes the folder if it is missing. `onCreate` gets the new folder. */
export function ensureFolder(parent: Folder, name: Name, onCreate?: (made: Folder) => void): Folder {
  try {
    return openFolder(parent, name);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  let created = true;
  try {
    mkdirSync(at(parent, name), 0o755);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    created = false;
  }
  const folder = openFolder(parent, name);
  if (created) onCreate?.(folder);
  return folder;
}

export function closeFolder(folder: Folder): void {
  closeSync(folder.descriptor);
}

/** The path of a name in a held folder. */
export function at(folder: Folder, name: Name): string | Buffer {
  if (typeof name === 'string') return `${folder.path}/${name}`;
  return Buffer.concat([Buffer.from(`${folder.path}/`), name]);
}

/** Runs `use` on the folder that lies `names` below `root`; every component is opened without following a link. */
export function withFolder<T>(root: Folder, names: readonly Name[], use: (folder: Folder) => T): T {
  const [first, ...rest] = names;
  if (first === undefined) return use(root);
  const next = openFolder(root, first);
  try {
    return withFolder(next, rest, use);
  } finally {
    closeFolder(next);
  }
}

/** Up to `most` names of a folder, in the system's order. */
export function listNames(folder: Folder, most: number): Buffer[] {
  const listing = opendirSync(folder.path, { encoding: 'buffer' as BufferEncoding, bufferSize: 256 });
  try {
    const names: Buffer[] = [];
    while (names.length < most) {
      const entry = listing.readSync();
      if (entry === null) break;
      names.push(entry.name as unknown as Buffer);
    }
    return names;
  } finally {
    listing.closeSync();
  }
}

/** The system's name of an error: `ENOENT`. */
export function errorCode(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' ? code : 'unknown';
}

function held(descriptor: number): Folder {
  return { descriptor, path: `/proc/self/fd/${descriptor}` };
}
