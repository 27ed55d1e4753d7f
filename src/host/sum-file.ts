import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';

const pieceBytes = 1024 * 1024;

/** sha256 of a file, of any size. */
export function sumFile(path: string): string {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return sumDescriptor(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** sha256 of what a descriptor gives from its place on. */
export function sumDescriptor(descriptor: number): string {
  const sum = createHash('sha256');
  const piece = Buffer.allocUnsafe(pieceBytes);
  for (let count = readSync(descriptor, piece); count > 0; count = readSync(descriptor, piece)) {
    sum.update(piece.subarray(0, count));
  }
  return sum.digest('hex');
}
