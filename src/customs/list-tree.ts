import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync } from 'node:fs';
import { at, closeFolder, errorCode, type Folder, listNames, openFolder, openRoot } from './folder.ts';

/** One thing in a hostile tree. `path` is below its root, without a slash in front. */
export type TreeEntry =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  /** Open for reading; whoever takes it closes it. `links`: by how many names it is known. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly descriptor: number;
      readonly mode: number;
      readonly sizeBytes: number;
      /** What of it lies on the disk: less where it has holes. */
      readonly allocatedBytes: number;
      readonly modifiedNs: bigint;
      readonly id: string;
      readonly links: number;
    }
  /** What is none of these, cannot be read, lies too deep or has a name that is no text. */
  | { readonly kind: 'left-out'; readonly path: string };

const mostNames = 1_000_000;
const deepest = 128;

/** Everything below a folder, each folder before what is in it, by name. No link is followed. */
export function* listTree(root: string): Generator<TreeEntry> {
  const folder = openRoot(root);
  try {
    yield* below(folder, '', 0);
  } finally {
    closeFolder(folder);
  }
}

function* below(folder: Folder, prefix: string, depth: number): Generator<TreeEntry> {
  const names = listNames(folder, mostNames).sort(Buffer.compare);
  for (const bytes of names) {
    const name = bytes.toString('utf8');
    const path = `${prefix}${name}`;
    if (!Buffer.from(name).equals(bytes) || depth >= deepest) yield { kind: 'left-out', path };
    else yield* entryOf(folder, name, path, depth);
  }
}

function* entryOf(folder: Folder, name: string, path: string, depth: number): Generator<TreeEntry> {
  const stat = lstatSync(at(folder, name), { throwIfNoEntry: false });
  if (stat?.isSymbolicLink() === true) {
    yield { kind: 'link', path, target: readlinkSync(at(folder, name)) };
  } else if (stat?.isDirectory() === true) {
    const held = opened(() => openFolder(folder, name));
    if (held === null) return yield { kind: 'left-out', path };
    try {
      yield { kind: 'folder', path };
      yield* below(held, `${path}/`, depth + 1);
    } finally {
      closeFolder(held);
    }
  } else if (stat?.isFile() === true) {
    yield fileOf(folder, name, path);
  } else {
    yield { kind: 'left-out', path };
  }
}

function fileOf(folder: Folder, name: string, path: string): TreeEntry {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
  const descriptor = opened(() => openSync(at(folder, name), flags));
  if (descriptor === null) return { kind: 'left-out', path };
  const stat = fstatSync(descriptor, { bigint: true });
  if (!stat.isFile()) {
    closeSync(descriptor);
    return { kind: 'left-out', path };
  }
  return {
    kind: 'file',
    path,
    descriptor,
    mode: Number(stat.mode & 0o777n),
    sizeBytes: Number(stat.size),
    allocatedBytes: Number(stat.blocks) * 512,
    modifiedNs: stat.mtimeNs,
    id: `${stat.dev} ${stat.ino}`,
    links: Number(stat.nlink),
  };
}

/** `null`: it was changed under our eyes, or may not be read. */
function opened<T>(open: () => T): T | null {
  try {
    return open();
  } catch (error) {
    if (errorCode(error) === 'unknown') throw error;
    return null;
  }
}
