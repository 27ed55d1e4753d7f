/**
 * What a box is charged with: an upper bound of what it holds. Between two exact measures only growth counts. What gets
 * free on a file system may be somebody else's, so it is believed only when everything has been counted again.
 */
export interface DiskAccount {
  /** In the writable folders. */
  readonly folderBytes: number;
  /** How each file system was when it was last looked at. */
  readonly room: readonly Room[];
}

/** What a file system says of itself. */
export interface Room {
  readonly freeBytes: number;
  /** Files that there are: some file systems make their table of files from free space, so what is left says nothing. */
  readonly files: number;
}

/** An empty file and an empty folder are charged too: the table of files is finite. */
export const smallestFileBytes = 4096;

/** Charges everything that became less on the file systems, whoever it was. */
export function charge(account: DiskAccount, room: readonly Room[]): DiskAccount {
  const grown = room.reduce((sum, now, index) => sum + growth(account.room[index] ?? now, now), 0);
  return { folderBytes: account.folderBytes + grown, room };
}

function growth(before: Room, now: Room): number {
  const bytes = Math.max(0, before.freeBytes - now.freeBytes);
  const files = Math.max(0, now.files - before.files);
  return bytes + files * smallestFileBytes;
}

/**
 * As fast as one processor fills memory with bytes for a file system: measured were 1 to 4 GB/s. Twice that, since a
 * look may come late and the writers still have to be stopped.
 */
const fastestBytesPerMs = 8e6;
const shortestWaitMs = 1;
const longestWaitMs = 200;

/** When to look next, so that writers on all processors cannot use up in between what is left. */
export function nextLookMs(leftBytes: number, processors: number): number {
  const soonest = Math.floor(leftBytes / (fastestBytesPerMs * processors));
  return Math.min(longestWaitMs, Math.max(shortestWaitMs, soonest));
}

/** A count of all files takes at most this share of one processor. */
const countingShare = 1 / 20;
const shortestCountPauseMs = 2000;

export function pauseAfterCountMs(lastCountMs: number): number {
  return Math.max(shortestCountPauseMs, lastCountMs / countingShare);
}
