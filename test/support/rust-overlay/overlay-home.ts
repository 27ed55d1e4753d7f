import { dirname, join } from 'node:path';
import { madeOnce } from '../made-once.ts';
import { inNix } from '../nixpkgs/nix-home.ts';
import { nixHome, type RunOptions } from '../rig.ts';
import { makeOverlay } from './make-overlay.ts';

const folder = join(dirname(nixHome), 'rust-overlay');

/** The URL of the stand-in for rust-overlay; made by who needs it first, which of each suite is one file alone. */
export function overlay(): string {
  return madeOnce(folder, makeOverlay);
}

/** The variables of a run in the Nix environment on a machine that has never seen rustup. */
export function withoutRustup(more: Readonly<Record<string, string | undefined>> = {}): RunOptions {
  return inNix({
    CARGO_BOXED_NIX_RUST_OVERLAY: overlay(),
    RUSTUP_HOME: '/nonexistent/rustup',
    RUSTUP_TOOLCHAIN: undefined,
    ...more,
  });
}
