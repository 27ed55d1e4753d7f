import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';

const maximumBytes = 4 * 1024 * 1024;

/**
 * Text of a file that opens walls: a regular file of the calling user that nobody else can write, in a folder of which
 * the same is true. `null`: there is none.
 */
export function readOwnFile(file: string): Result<string | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
  let descriptor: number;
  try {
    descriptor = openSync(file, flags);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    return code === 'ENOENT' || code === 'ENOTDIR' ? success(null) : refuse(file, `it cannot be opened (${code})`);
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return refuse(file, 'it is not a regular file');
    const fault = foreignHand(stat) ?? foreignHand(lstatSync(dirname(file)));
    if (fault !== null) return refuse(file, fault);
    if (stat.size > maximumBytes) return refuse(file, `it has more than ${maximumBytes} bytes`);
    const bytes = Buffer.alloc(stat.size);
    const length = readSync(descriptor, bytes, 0, bytes.length, 0);
    return success(bytes.subarray(0, length).toString('utf8'));
  } finally {
    closeSync(descriptor);
  }
}

function foreignHand({ uid, mode }: { readonly uid: number; readonly mode: number }): string | null {
  if (uid !== process.getuid?.()) return 'it, or its folder, belongs to another user';
  return (mode & 0o022) === 0 ? null : 'others can write it, or its folder';
}

function refuse(file: string, why: string): Result<never> {
  return failure({
    code: 'refused',
    what: `the grants in ${printable(file)} cannot be trusted`,
    where: { file },
    why,
    fix: 'Look who changed it; then delete it and grant again what you want.',
  });
}
