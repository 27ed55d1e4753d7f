import { Transform } from 'node:stream';

/** A stream of cargo's messages whose last word is kept back. */
export interface HeldMessages {
  readonly stream: Transform;
  /** Lets it go, once all has passed. */
  release(): Buffer;
}

const failedAtEnd = '{"reason":"build-finished","success":false';

/**
 * Keeps back that a build has failed, until it is known that it is not run again: a program that reads cargo's messages
 * takes it for the end. All else passes as it comes.
 */
export function holdFinished(): HeldMessages {
  let held: Buffer = Buffer.alloc(0);
  const mayBeIt = (line: string) => line.startsWith(failedAtEnd) || failedAtEnd.startsWith(line);
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const all = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const start = all.lastIndexOf(0x0a, -2) + 1;
      const isHeld = mayBeIt(all.toString('latin1', start, Math.min(all.length, start + failedAtEnd.length)));
      const passes = isHeld ? all.subarray(0, start) : all;
      held = isHeld ? all.subarray(start) : Buffer.alloc(0);
      done(null, passes.length > 0 ? passes : undefined);
    },
    flush(done) {
      const isIt = held.toString('latin1').startsWith(failedAtEnd);
      done(null, isIt || held.length === 0 ? undefined : held);
      if (!isIt) held = Buffer.alloc(0);
    },
  });
  return { stream, release: () => held };
}
