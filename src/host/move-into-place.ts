import { renameSync } from 'node:fs';

/**
 * Gives a folder that is finished its place, in one step. If somebody else was faster theirs stays, and this one too:
 * for folders whose name stands for what is in them.
 */
export function moveIntoPlace(finished: string, place: string): void {
  try {
    renameSync(finished, place);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}
