import { mkdirSync, readlinkSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Which form of a crate stands in a folder of the store. */
export type CratePart = 'whole' | 'stub';

/** The folder of a crate in the store, by the sum that Cargo.lock has of it; `null`: it was never there. */
export function knownFolder(names: string, sha256: string, part: CratePart): string | null {
  try {
    return readlinkSync(noteOf(names, sha256, part));
  } catch {
    return null;
  }
}

/** Notes the folder of a crate that is in the store now. No box sees the notes. */
export function noteFolder(names: string, sha256: string, part: CratePart, folder: string): void {
  const note = noteOf(names, sha256, part);
  mkdirSync(dirname(note), { recursive: true, mode: 0o700 });
  const draft = `${note}.${process.pid}`;
  symlinkSync(folder, draft);
  renameSync(draft, note);
}

function noteOf(names: string, sha256: string, part: CratePart): string {
  return join(names, `${sha256}.${part}`);
}
