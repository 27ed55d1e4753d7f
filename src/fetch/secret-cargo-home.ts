import { randomBytes } from 'node:crypto';
import { inside } from '../plan/box-plan.ts';

/**
 * Where the fetch boxes of one command have their CARGO_HOME. What other projects had fetched lies there too, and cargo takes
 * `file:` addresses from everybody: repositories with their submodules, indexes, and what an index says of its archives.
 * None of them can name a folder whose name nobody knows.
 */
export function secretCargoHome(): string {
  return `${inside.cargoHome}-${randomBytes(16).toString('hex')}`;
}

/** A path below such a folder, as text that git keeps. */
export const secretCargoHomes = new RegExp(`${inside.cargoHome}-[0-9a-f]{32}(?=/)`, 'g');
