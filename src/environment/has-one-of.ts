import { lstatSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether one of these paths is there below a root. Names come from what strangers' builds print: one that cannot be a
 * path there, for its length or because a file is in the place of its folder, is not there.
 */
export function hasOneOf(root: string, paths: readonly string[]): boolean {
  return paths.some((path) => {
    try {
      return lstatSync(join(root, path), { throwIfNoEntry: false }) !== undefined;
    } catch {
      return false;
    }
  });
}
