import type { Readable } from 'node:stream';

/**
 * Shows what passes, each chunk with the end of what was before it, so that a sentence of up to `tailLength` is seen
 * whole wherever it was cut. Bytes as latin1 characters. `isCut`: the text does not begin where the stream did. `fresh`: the
 * chunk alone.
 */
export function listenWithTail(
  stream: Readable,
  tailLength: number,
  look: (text: string, isCut: boolean, fresh: string) => void,
): void {
  let tail = '';
  let isCut = false;
  stream.on('data', (chunk: Buffer | string) => {
    const fresh = typeof chunk === 'string' ? chunk : chunk.toString('latin1');
    const text = tail + fresh;
    look(text, isCut, fresh);
    tail = text.slice(-tailLength);
    isCut ||= text.length > tail.length;
  });
}
