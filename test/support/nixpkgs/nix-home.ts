import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { madeOnce } from '../made-once.ts';
import { nixHome, type RunOptions } from '../rig.ts';
import { makeStandIn } from './make-stand-in.ts';

/**
 * What the tests of the Nix environment keep, apart from the others: pins, a store and roots, made of the stand-in. No
 * binary cache is asked and no network needed but for crates.
 */
export { nixHome };

/** A folder for a stand-in, beside the home. */
const sourceFolder = join(dirname(nixHome), 'nixpkgs');

/** The URL of the stand-in; made by who needs it first, so not by several at once: `prepare.ts` does before suites. */
export function standIn(): string {
  const url = madeOnce(sourceFolder, makeStandIn);
  writeConfiguration(nixHome, url);
  return url;
}

/** Says in a home of tests where its nixpkgs is: what a user does for a mirror of his own. */
export function writeConfiguration(home: string, url: string): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'config.yaml'), `environment: nix\nnix:\n  nixpkgs: ${url}\n`);
}

/** The variables of a run in the Nix environment. */
export function inNix(more: Readonly<Record<string, string | undefined>> = {}, home = nixHome): RunOptions {
  standIn();
  return {
    variables: { CARGO_BOXED_HOME: home, CARGO_BOXED_ENGINE: undefined, NIX_CONFIG: 'substituters =', ...more },
    limitSeconds: 300,
  };
}
