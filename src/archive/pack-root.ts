import { accessSync, constants, lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { type Headers, pack } from 'tar-fs';
import type { Pack } from 'tar-stream';
import { findDifference } from './find-difference.ts';
import { madeLater } from './made-later.ts';

/** The clock of every file: equal roots give equal archives. */
const fixedTime = new Date(0);

/**
 * A prepared root file system as a tar stream, read as it is asked for. Whoever unpacked it on this machine, inside it
 * belongs to root. Sockets and devices are left out, and so is what the caller may not read: a root made without root
 * keeps nothing there that a build needs (password hashes, root's home).
 */
export function packRoot(folder: string): Readable {
  return packed(folder, { ignore: (path) => isMadeLater(folder, path) || !mayRead(path) });
}

/**
 * Of a root that was made of `base` only what differs, as a layer of an image (OCI image specification, "Representing
 * Changes"): what is gone is an empty file `.wh.NAME`. On top of the packed base it gives what `packRoot` would.
 */
export function packDifference(base: string, folder: string): Readable {
  const { changed, gone } = findDifference(base, folder);
  const isIn = (path: string) => path === folder || changed.has(path.slice(folder.length + 1));
  return packed(folder, {
    ignore: (path) => !isIn(path) || !mayRead(path),
    finalize: false,
    finish: (archive) => {
      for (const path of gone) {
        const name = join(dirname(path), `.wh.${basename(path)}`);
        archive.entry({ name, mode: 0o644, uid: 0, gid: 0, mtime: fixedTime }, '');
      }
      archive.finalize();
    },
  });
}

function isMadeLater(folder: string, path: string): boolean {
  return madeLater.has(path.slice(folder.length + 1));
}

interface PackingOptions {
  /** Whether a path, absolute, and all below it stay out. */
  readonly ignore: (path: string) => boolean;
  readonly finalize?: false;
  readonly finish?: (archive: Pack) => void;
}

function packed(folder: string, packing: PackingOptions): Readable {
  const options = {
    ...packing,
    dereference: false,
    strict: false,
    sort: true,
    // The library's default takes the bits of our own umask away, and /tmp would not be writable.
    umask: 0,
    map: (header: Headers): Headers => ({
      ...header,
      // The folder itself may be private on this machine; inside it is `/`. Nothing in a box may gain rights.
      mode: header.name === '.' ? 0o755 : (header.mode ?? 0o644) & 0o1777,
      uid: 0,
      gid: 0,
      mtime: fixedTime,
    }),
  };
  return Readable.from(pack(folder, options as Parameters<typeof pack>[1]) as unknown as AsyncIterable<Uint8Array>, {
    objectMode: false,
  });
}

function mayRead(path: string): boolean {
  try {
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) return true;
    accessSync(path, stat.isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
