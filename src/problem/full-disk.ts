/** What programs of every kind say when a file system or a quota has no room left. */
const full =
  /No space left on device|ENOSPC|EDQUOT|Disk quota exceeded|\bos error (?:28|122)\b|database or disk is full/i;

export function saysFull(text: string): boolean {
  return full.test(text);
}

/** The rest of the problem of a full disk, wherever it was found. */
export const fullDisk = {
  code: 'storage',
  why: 'the disk is full',
  fix: 'Free some space (`cargo-boxed prune` helps), then run again: what is half-made is never used.',
} as const;
