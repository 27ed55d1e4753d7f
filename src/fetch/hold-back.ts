import { Writable } from 'node:stream';

const maximumHeldBytes = 256 * 1024;

/** Passes on what cargo says from the moment that it downloads something: before that a try may fail without a word. */
export function holdBack(stream: NodeJS.WritableStream): Writable {
  let held: Buffer[] | null = [];
  let heldBytes = 0;
  return new Writable({
    write(piece: Buffer, _encoding, done) {
      if (held !== null) {
        held.push(piece);
        heldBytes += piece.length;
        const said = Buffer.concat(held).toString('latin1');
        if (!/Download|git (?:repository|submodule)/.test(said) && heldBytes < maximumHeldBytes) return done();
        piece = Buffer.concat(held);
        held = null;
      }
      if (stream.write(piece)) done();
      else stream.once('drain', () => done());
    },
  });
}
