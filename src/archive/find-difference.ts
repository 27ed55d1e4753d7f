import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { madeLater } from './made-later.ts';

/** What one folder has otherwise than another one that it was made of; all paths are relative and sorted. */
export interface Difference {
  /** Files, links and folders that are new or others, and the folders that they lie in. */
  readonly changed: ReadonlySet<string>;
  /** What is not there any more; not what was in it. */
  readonly gone: readonly string[];
}

/**
 * Compares by what lies on the disk: a file that is the same in both is one file there, under two names. What is equal
 * and not the same counts as changed, which costs room and is never wrong.
 */
export function findDifference(base: string, folder: string): Difference {
  const changed = new Set<string>();
  const gone: string[] = [];
  /** `hadFolder`: in the base there is a folder of this name, and neither a file nor a link to one. */
  const compare = (path: string, hadFolder: boolean): boolean => {
    const kept = namesIn(folder, path);
    const before = hadFolder ? namesIn(base, path) : [];
    const differs = kept.map((name) => {
      const inner = join(path, name);
      const own = lstatSync(join(folder, inner));
      const old = before.includes(name) ? lstatSync(join(base, inner)) : undefined;
      const isNew = old === undefined || !isSame(join(base, inner), old, join(folder, inner), own);
      const isOther = own.isDirectory() ? compare(inner, old?.isDirectory() === true) || isNew : isNew;
      if (isOther) changed.add(inner);
      return isOther;
    });
    const missing = before.filter((name) => !kept.includes(name));
    gone.push(...missing.map((name) => join(path, name)));
    return differs.includes(true) || missing.length > 0;
  };
  compare('', true);
  return { changed, gone: gone.sort() };
}

function isSame(oldPath: string, old: Stats, ownPath: string, own: Stats): boolean {
  if (own.isDirectory()) return old.isDirectory() && old.mode === own.mode;
  if (own.isSymbolicLink()) return old.isSymbolicLink() && readlinkSync(oldPath) === readlinkSync(ownPath);
  return old.dev === own.dev && old.ino === own.ino;
}

/** Sorted; nothing of a folder that the caller may not read, which is packed as an empty one. */
function namesIn(root: string, folder: string): readonly string[] {
  try {
    const names = readdirSync(join(root, folder)).sort();
    return names.filter((name) => !madeLater.has(join(folder, name)));
  } catch {
    return [];
  }
}
