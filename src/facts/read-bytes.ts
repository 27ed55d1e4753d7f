import { closeSync, constants, type Dirent, fstatSync, lstatSync, openSync, readdirSync, type Stats } from 'node:fs';
import { readDescriptor } from '../host/read-descriptor.ts';

/**
 * The bytes of a regular file, never through a link at its end and never waiting for a pipe; `null` where there is no
 * such file, it may not be read, or it has more bytes than are read.
 */
export function readBytes(file: string, mostBytes: number): Buffer | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || stat.size > mostBytes) return null;
    return readDescriptor(descriptor, stat.size);
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/** What is there, links not followed; `null` for nothing, also where a way leads through a file. */
export function statOf(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/** The entries of a folder; none where there is none or it may not be read: a box could not either. */
export function entriesOf(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}
