import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import { readDescriptor } from './read-descriptor.ts';

/** The largest file of a project that is read as data. */
export const maximumTextBytes = 16 * 1024 * 1024;

/**
 * Reads a foreign file as UTF-8 text: a regular file of bounded size, never through a link at its end, never blocking
 * on a FIFO or a device. `null` when there is no such file. A byte order mark is left out unless `mark` keeps it.
 */
export function readForeignText(
  file: string,
  maximumBytes = maximumTextBytes,
  mark: 'left-out' | 'kept' = 'left-out',
): Result<string | null> {
  const refuse = (why: string) =>
    failure({
      code: 'path',
      what: `${printable(file)} cannot be used`,
      where: { file },
      why,
      fix: 'Replace it with a regular file.',
    });
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return success(null);
    if (code === 'ELOOP') return refuse('it is a symbolic link');
    return refuse(code === 'EACCES' ? 'it may not be read' : `it cannot be opened (${code})`);
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return refuse(stat.isDirectory() ? 'it is a folder' : 'it is not a regular file');
    if (stat.size > maximumBytes)
      return refuse(`it has ${stat.size} bytes, more than the ${maximumBytes} that are read`);
    const content = readDescriptor(descriptor, stat.size);
    try {
      return success(new TextDecoder('utf-8', { fatal: true, ignoreBOM: mark === 'kept' }).decode(content));
    } catch {
      return failure({
        code: 'config',
        what: `${printable(file)} is not UTF-8`,
        where: { file, ...firstBadByte(content) },
        fix: 'Save it as UTF-8.',
      });
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Where the first byte stands that UTF-8 does not allow: there decoding and encoding again gives something else. */
function firstBadByte(bytes: Uint8Array): { readonly line: number; readonly column: number } {
  const again = Buffer.from(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  let offset = 0;
  while (offset < bytes.length && bytes[offset] === again[offset]) offset += 1;
  const lines = Buffer.from(bytes.subarray(0, offset)).toString('utf8').split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}
