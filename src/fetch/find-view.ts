import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Facts } from '../facts/facts.ts';
import type { ExtraCrate } from '../lock/pins.ts';
import { storeId } from './fetch-folders.ts';
import { fetchToolchain } from './fetch-toolchain.ts';

/** What a build box sees of the fetched crates: `crates/` and `cargo-home/` below it are its mounts. */
export interface View {
  readonly name: string;
  readonly path: string;
  /** Crates in it that Cargo.lock does not name. */
  readonly extraCrates: readonly ExtraCrate[];
}

/** What has to be known of a view: beside its mounts, so that no box sees it. */
export const noteFile = 'view.json';

export const viewFolders = { crates: 'crates', cargoHome: 'cargo-home' } as const;

/** Beside the note, one for each toolchain whose cargo would leave the lock as it is. */
export const settledFile = (facts: Facts) => `settled-${fetchToolchain(facts).id}`;

/** Whether a build with this toolchain can use the lock of this view as it is, although it may write it. */
export function isSettled(view: View, facts: Facts): boolean {
  return existsSync(join(view.path, settledFile(facts)));
}

/** A view from before, if the crates that it leads to are still there: anybody may have deleted the store. */
export function findView(views: string, name: string, store: string): View | null {
  const path = join(views, name);
  try {
    const note = JSON.parse(readFileSync(join(path, noteFile), 'utf8'));
    return note.storeId === storeId(store) ? { name, path, extraCrates: note.extraCrates } : null;
  } catch {
    return null;
  }
}
