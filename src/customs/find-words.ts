import { readSync } from 'node:fs';

const pieceBytes = 1024 * 1024;

/** A word that must not leave, and how a person calls it. */
export interface Canary {
  readonly word: string;
  readonly what: string;
}

/**
 * The first of the words that stands in a file, read through its descriptor from the start in pieces, so that a file of
 * any size needs no more memory than a small one. Throws the system's error.
 */
export function findWord(descriptor: number, canaries: readonly Canary[]): Canary | null {
  const wanted = canaries.map((canary) => ({ canary, bytes: Buffer.from(canary.word) }));
  const longest = Math.max(0, ...wanted.map(({ bytes }) => bytes.length));
  if (longest === 0) return null;
  const buffer = Buffer.allocUnsafe(pieceBytes + longest);
  // The end of each piece is looked at again with the next: a word may lie across.
  let kept = 0;
  for (let position = 0; ; ) {
    const count = readSync(descriptor, buffer, kept, pieceBytes, position);
    if (count === 0) return null;
    position += count;
    const piece = buffer.subarray(0, kept + count);
    const found = wanted.find(({ bytes }) => piece.includes(bytes));
    if (found !== undefined) return found.canary;
    kept = Math.min(longest - 1, piece.length);
    piece.copy(buffer, 0, piece.length - kept);
  }
}
