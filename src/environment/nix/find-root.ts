import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the root of this environment. */
export function rootName(environment: string): string {
  return `nix-${environment.slice(0, hashLength)}`;
}
const hashLength = 32;

/** The root of an environment, if it is in the cache. It stands on its own: a collected store does it no harm. */
export function findNixRoot(roots: string, environment: string): string | null {
  const path = join(roots, rootName(environment));
  return /^[0-9a-z]{32}-/.test(environment) && existsSync(join(path, 'nix/store', environment)) ? path : null;
}
