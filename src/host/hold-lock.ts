import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import { currentOwner, isAlive, isAliveWord, type Owner, ownerWord } from './owner.ts';

const retryMs = 100;

/**
 * Holds a lock file while `work` runs. Waits for a living holder (and says so once, by `onWait`); a holder that was
 * killed is passed over. The file is made by `link`, so two that come at once cannot both have it.
 */
export async function holdLock<T>(
  file: string,
  what: string,
  onWait: (holder: string) => void,
  interrupted: AbortSignal,
  work: () => Promise<T>,
): Promise<Result<T>> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const owner = currentOwner();
  const own = `${file}.${ownerWord(owner)}`;
  writeFileSync(own, JSON.stringify({ ...owner, what }));
  removeDead(file);
  let said = false;
  try {
    while (!take(own, file)) {
      const holder = readHolder(file);
      if (holder !== null && !isAlive(holder)) {
        discard(file, holder);
        continue;
      }
      if (holder !== null && !said) {
        said = true;
        onWait(`${printable(holder.what, 80)} (process ${holder.processId})`);
      }
      if (interrupted.aborted) {
        return failure({ code: 'internal', what: 'interrupted while waiting for another cargo-boxed' });
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
    try {
      return success(await work());
    } finally {
      unlinkSync(file);
    }
  } finally {
    unlinkSync(own);
  }
}

/** What killed processes left beside the lock. */
function removeDead(file: string): void {
  const prefix = `${basename(file)}.`;
  for (const name of readdirSync(dirname(file))) {
    const word = name.startsWith(prefix) ? name.slice(prefix.length).replace(/^dead\./, '') : null;
    if (word !== null && !isAliveWord(word)) rmSync(join(dirname(file), name), { force: true });
  }
}

function take(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

interface Holder extends Owner {
  readonly what: string;
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** Takes a dead holder's file away; when another was quicker and holds it now, its file is put back. */
function discard(file: string, dead: Holder): void {
  const aside = `${file}.dead.${ownerWord(currentOwner())}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  if (moved !== null && ownerWord(moved) !== ownerWord(dead)) take(aside, file);
  unlinkSync(aside);
}
