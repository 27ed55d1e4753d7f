import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inNix } from '../nixpkgs/nix-home.ts';
import { nixHome, type RunOptions } from '../rig.ts';
import { makeOverlay } from './make-overlay.ts';

const folder = join(dirname(nixHome), 'rust-overlay');

/** The URL of the stand-in for rust-overlay; made by who needs it first, which of each suite is one file alone. */
export function overlay(): string {
  const done = join(folder, 'made');
  if (!existsSync(done)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(done, makeOverlay(folder));
  }
  return `file://${join(folder, 'rust-overlay.tar')}`;
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
