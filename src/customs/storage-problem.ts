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
      return { ...base, code: 'storage', why: 'the disk is full', fix: 'Free some space: `cargo-boxed prune` helps.' };
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
