import { fullDisk } from '../problem/full-disk.ts';
import type { Problem } from '../problem/problem.ts';
import { printable } from '../problem/problem.ts';
import { errorCode } from './folder.ts';

/** The problem behind a system error on a file of ours or of the project; anything else is a fault and thrown on. */
export function storageProblem(error: unknown, doing: string, file: string): Problem {
  const code = errorCode(error);
  if (code === 'unknown') throw error;
  const base = { what: `cannot ${doing} ${printable(file)}`, where: { file } };
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { ...base, ...fullDisk };
    case 'EROFS':
      return { ...base, code: 'storage', why: 'the file system is read-only' };
    case 'EACCES':
    case 'EPERM':
      return { ...base, code: 'storage', why: 'permission denied', fix: 'Check the owner and mode of its folder.' };
    case 'ENOTDIR':
    case 'ELOOP':
    case 'EISDIR':
      return notPlainFolder(file);
    default:
      return { ...base, code: 'storage', why: `the system says ${code}` };
  }
}

const ofTheMachine = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'ENFILE', 'EMFILE', 'EACCES', 'EPERM']);

/**
 * The problem behind a system error that no step has explained, when it is the machine that lacks something: room, or a
 * right to a file. `null` for anything else, which is a fault.
 */
export function unexplainedStorage(error: unknown): Problem | null {
  const path = (error as NodeJS.ErrnoException | null)?.path;
  const from = typeof path === 'string' ? path : 'a file of its own';
  return ofTheMachine.has(errorCode(error)) ? storageProblem(error, 'use', from) : null;
}

/** Something on the way is a link, a file or a folder where it must not be. */
export function notPlainFolder(file: string): Problem {
  return {
    code: 'path',
    what: `${printable(file)} cannot be written`,
    where: { file },
    why: 'a part of the path is a symbolic link or not a plain folder, and nothing is ever written through a link',
    fix: 'Replace the link by a plain folder, or remove it.',
  };
}
