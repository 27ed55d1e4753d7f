import type { Problem } from './problem.ts';

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

/** The problem of what cannot be kept, by the system's error: a full disk has a reason and a remedy of its own. */
export function notKept(what: string, error: unknown, fix: string): Problem {
  const code = (error as { readonly code?: unknown } | null)?.code;
  const why = typeof code === 'string' ? code : 'it failed';
  return saysFull(why) ? { what, ...fullDisk } : { code: 'storage', what, why, fix };
}
