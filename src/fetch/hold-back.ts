import { Writable } from 'node:stream';

const maximumHeldBytes = 256 * 1024;

/** From the moment that it downloads something, or waits for a network: before that a try may fail without a word. */
export function isWorthShowing(said: string): boolean {
  return /Download|git (?:repository|submodule)|spurious network error/.test(said);
}

/** Passes on what cargo says once it is worth showing. */
export function holdBack(stream: NodeJS.WritableStream): Writable {
  let held: Buffer[] | null = [];
  let heldBytes = 0;
  return new Writable({
    write(piece: Buffer, _encoding, done) {
      if (held !== null) {
        held.push(piece);
        heldBytes += piece.length;
        const said = Buffer.concat(held).toString('latin1');
        if (!isWorthShowing(said) && heldBytes < maximumHeldBytes) return done();
        piece = Buffer.concat(held);
        held = null;
      }
      if (stream.write(piece)) done();
      else stream.once('drain', () => done());
    },
  });
}
