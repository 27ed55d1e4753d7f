import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNote } from '../host/write-note.ts';

/** Which form of a crate stands in a folder of the store. */
export type CratePart = 'whole' | 'stub';

/** The folder of a crate in the store, by the sum that Cargo.lock has of it; `null`: it was never there. */
export function knownFolder(names: string, sha256: string, part: CratePart): string | null {
  try {
    return readFileSync(noteOf(names, sha256, part), 'utf8');
  } catch {
    return null;
  }
}

/** Notes the folder of a crate that is in the store now. No box sees the notes. */
export function noteFolder(names: string, sha256: string, part: CratePart, folder: string): void {
  writeNote(noteOf(names, sha256, part), folder);
}

function noteOf(names: string, sha256: string, part: CratePart): string {
  return join(names, `${sha256}.${part}`);
}
