import type { ExtraCrate } from '../lock/pins.ts';
import type { View } from './find-view.ts';

/** What the fetch phase gives to a build. */
export interface Fetched {
  readonly view: View;
  readonly lockfile: LockfileChange;
  /** Crates beyond Cargo.lock that the command line's features bring in, for `cargo-boxed.lock`. */
  readonly extraCrates: readonly ExtraCrate[];
}

/** `changed`: the lock that cargo wrote, for the caller to bring back into the project. */
export type LockfileChange = { readonly kind: 'same' } | { readonly kind: 'changed'; readonly text: string };
