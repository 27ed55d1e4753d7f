import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const largestBytes = 512 * 1024 * 1024;
const pieceBytes = 1024 * 1024;
/** Longer than any version name, so that one that lies across two pieces is seen. */
const overlapBytes = 32;

/** The newest `GLIBC_2.N` that a program names, as N; `null` when it names none (a static program, or a script). */
export function neededGlibc(file: string): number | null {
  const descriptor = openSync(file, 'r');
  try {
    if (fstatSync(descriptor).size > largestBytes) return null;
    const piece = Buffer.alloc(pieceBytes + overlapBytes);
    let newest: number | null = null;
    for (let position = 0; ; position += pieceBytes) {
      const length = readSync(descriptor, piece, 0, piece.length, position);
      for (const [, minor] of piece.toString('latin1', 0, length).matchAll(/GLIBC_2\.(\d{1,3})/g)) {
        newest = Math.max(newest ?? 0, Number(minor));
      }
      if (length < piece.length) return newest;
    }
  } finally {
    closeSync(descriptor);
  }
}
