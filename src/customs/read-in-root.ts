import { closeFolder, errorCode, openRoot, withFolder } from './folder.ts';
import { readBounded } from './read-bounded.ts';

const mostBytes = 64 * 1024 * 1024;

/**
 * Text of a file in a prepared root; `null`: there is no plain one. What packages have laid there may be a link to a file or a
 * device of this machine, or a pipe that nobody ever writes to.
 */
export function readInRoot(root: string, path: string): string | null {
  const names = path.split('/');
  const folder = openRoot(root);
  try {
    const read = withFolder(folder, names.slice(0, -1), (held) => readBounded(held, names.at(-1) ?? '', mostBytes));
    return typeof read === 'string' ? null : read.toString('utf8');
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error))) throw error;
    return null;
  } finally {
    closeFolder(folder);
  }
}
