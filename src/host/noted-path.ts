import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { folderNames } from './folder-names.ts';
import { currentOwner, isAliveWord, ownerWord } from './owner.ts';

/** Something of one run among the temporary files of the machine. */
export interface NotedPath {
  readonly path: string;
  /** To be called when it is gone. */
  forget(): void;
}

const notesFolder = 'temporary';

/**
 * Notes in our state what is about to be made: a later command finds what a killed one has left without looking through
 * folders that are full of other people's files. The name must be one that nobody can guess.
 */
export function notePath(state: string, path: string): NotedPath {
  const notes = join(state, notesFolder);
  mkdirSync(notes, { recursive: true, mode: 0o700 });
  const note = join(notes, `${ownerWord(currentOwner())}-${randomBytes(6).toString('hex')}`);
  writeFileSync(note, path, { mode: 0o600 });
  return { path, forget: () => rmSync(note, { force: true }) };
}

/** Makes a folder with a name of its own, and notes it before it is there. Throws the system's error. */
export function makeNotedFolder(state: string, prefix: string): NotedPath {
  const noted = notePath(state, `${prefix}${randomBytes(6).toString('hex')}`);
  try {
    mkdirSync(noted.path, { mode: 0o700 });
  } catch (error) {
    noted.forget();
    throw error;
  }
  return noted;
}

/**
 * Writes a file under a name of its own beside its place, then gives it that: it is there whole or not at all, and what a
 * killed run has left of it is found by its note. Throws the system's error.
 */
export async function writeNoted<T>(state: string, file: string, write: (fresh: string) => Promise<T>): Promise<T> {
  const { path, forget } = notePath(state, join(dirname(file), `.cargo-boxed-${randomBytes(6).toString('hex')}`));
  try {
    const written = await write(path);
    renameSync(path, file);
    return written;
  } finally {
    rmSync(path, { force: true });
    forget();
  }
}

/** What is left of runs that were killed. What is gone, or is not ours, is only forgotten. */
export function abandonedPaths(state: string): readonly NotedPath[] {
  const notes = join(state, notesFolder);
  return folderNames(notes).flatMap((name) => {
    if (isAliveWord(name)) return [];
    const note = join(notes, name);
    const path = readText(note);
    const forget = () => rmSync(note, { force: true });
    const stat = path.startsWith('/') ? lstatSync(path, { throwIfNoEntry: false }) : undefined;
    if ((stat?.isDirectory() || stat?.isFile()) && stat.uid === process.getuid?.()) return [{ path, forget }];
    forget();
    return [];
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
