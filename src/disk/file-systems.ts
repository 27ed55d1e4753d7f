import { statfsSync, statSync } from 'node:fs';
import type { Room } from './disk-account.ts';

/**
 * File systems whose free space goes down when a program writes and not when the kernel gets round to it, by the magic
 * number of statfs(2). Of others (btrfs, network file systems, overlays of unknown ground) nothing is known in time.
 */
const promptFileSystems: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x01021994, 'tmpfs'],
]);

/** The name of a file system that tells at once what it has left, or `null` with the number for all others. */
export function promptFileSystem(folder: string): { readonly name: string | null; readonly magic: number } {
  const magic = statfsSync(folder).type;
  return { name: promptFileSystems.get(magic) ?? null, magic };
}

/** One folder for each file system that the folders lie on. */
export function oneFolderEach(folders: readonly string[]): readonly string[] {
  const known = new Map(folders.map((folder) => [statSync(folder).dev, folder] as const));
  return [...known.values()];
}

export function readRoom(folder: string): Room {
  const { bfree, bsize, files, ffree } = statfsSync(folder);
  return { freeBytes: bfree * bsize, files: files - ffree };
}

/**
 * Used bytes of the box's own memory file systems, seen through the root of one of its processes. A mount that is not
 * there yet, or is the host's, counts nothing.
 */
export function temporaryBytes(processId: number, mountPoints: readonly string[]): number {
  return mountPoints.reduce((sum, mountPoint) => sum + usedBytes(`/proc/${processId}/root`, mountPoint), 0);
}

function usedBytes(root: string, mountPoint: string): number {
  try {
    const { type, blocks, bfree, bsize } = statfsSync(root + mountPoint);
    if (promptFileSystems.get(type) !== 'tmpfs') return 0;
    const host = statSync(mountPoint, { throwIfNoEntry: false });
    return host?.dev === statSync(root + mountPoint).dev ? 0 : (blocks - bfree) * bsize;
  } catch {
    return 0;
  }
}
