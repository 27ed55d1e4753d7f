import type { Writable } from 'node:stream';

/**
 * A reader that goes away (`cargo-boxed build | head`) ends neither us nor the box: what is written to it is thrown
 * away from then on, and who was writing goes on reading, so that the box never waits for a pipe that nobody empties.
 */
export function surviveClosedOutput(stream: Writable): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
  stream.on('unpipe', (source: NodeJS.ReadableStream) => source.resume());
}
