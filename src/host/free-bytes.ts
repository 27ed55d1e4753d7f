import { statfsSync } from 'node:fs';

/** What this user may still write on the file system of a folder; `null` where that cannot be found out. */
export function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
