import { readFileSync, type Stats } from 'node:fs';
import { isSettled, stampOf } from '../host/file-stamp.ts';
import { writeNote } from '../host/write-note.ts';
import { type FolderListing, looksAtModes } from './list-folder.ts';
import { secretNamesVersion } from './secret-names.ts';

/**
 * What was seen of a project's folders and files, with their stamps: a build that finds nothing changed looks at each
 * folder once and opens none. Ours alone: it lies outside of every box.
 */
export interface ListingCache {
  listing(path: string, stat: Stats, list: () => FolderListing | null): FolderListing | null;
  /** The answer to a question on a file, asked again when the file or the question has changed. */
  answer(path: string, question: string, stat: Stats, ask: () => string): string;
  /** Writes what has changed; a folder that cannot be written only costs time. */
  save(): void;
}

/** Changes with what is looked for, so that what an older version of ours, or another kind of user, has seen is not used. */
const version = `4-${secretNamesVersion}-${looksAtModes ? 'modes' : 'names'}`;

/** Identity and time of change, which nobody can set back. Numbers in a row, since there are thousands of these. */
type KeptListing = readonly [
  device: number,
  inode: number,
  changedMs: number,
  folders: FolderListing['folders'],
  found: FolderListing['found'],
  closed: FolderListing['closed'],
];
type KeptAnswer = readonly [stamp: string, answer: string];
interface Kept {
  readonly version: string;
  readonly listings: Readonly<Record<string, KeptListing>>;
  readonly answers: Readonly<Record<string, KeptAnswer>>;
}

export function openListingCache(file: string, nowMs = Date.now()): ListingCache {
  const kept = readKept(file);
  const known = new Map(Object.entries(kept.listings));
  const answers = new Map<string, KeptAnswer>();
  const seen = new Map<string, KeptListing>();
  let hasChanged = false;
  return {
    listing(path, stat, list) {
      const held = known.get(path);
      if (held !== undefined && held[1] === stat.ino && held[2] === stat.ctimeMs && held[0] === stat.dev) {
        seen.set(path, held);
        return { folders: held[3], found: held[4], closed: held[5] };
      }
      const listing = list();
      if (listing === null || !isSettled(stat, nowMs)) return listing;
      hasChanged = true;
      seen.set(path, [stat.dev, stat.ino, stat.ctimeMs, listing.folders, listing.found, listing.closed]);
      return listing;
    },
    answer(path, question, stat, ask) {
      const stamp = `${stampOf(stat)} ${question}`;
      const held = Object.hasOwn(kept.answers, path) ? kept.answers[path] : undefined;
      if (held !== undefined && held[0] === stamp) {
        answers.set(path, held);
        return held[1];
      }
      const answer = ask();
      if (!isSettled(stat, nowMs)) return answer;
      hasChanged = true;
      answers.set(path, [stamp, answer]);
      return answer;
    },
    save() {
      if (!hasChanged) return;
      const content: Kept = {
        version,
        listings: Object.fromEntries(seen),
        answers: Object.fromEntries(answers),
      };
      writeNote(file, JSON.stringify(content));
    },
  };
}

function readKept(file: string): Kept {
  const none: Kept = { version, listings: {}, answers: {} };
  try {
    const kept: Kept = JSON.parse(readFileSync(file, 'utf8'));
    return kept.version === version ? kept : none;
  } catch {
    return none;
  }
}
