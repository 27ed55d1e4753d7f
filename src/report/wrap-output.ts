import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { eventLine } from './events.ts';

const longestText = 64 * 1024;

/** Foreign output as events, one a line; a line without end comes in pieces of bounded length. */
export function wrapOutput(): Transform {
  const decoder = new StringDecoder('utf8');
  let held = '';
  const wrap = (text: string) => eventLine({ event: 'output', text });
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      held += decoder.write(chunk);
      const lines = held.split('\n');
      held = lines.pop() as string;
      for (const line of lines) this.push(wrap(line));
      for (; held.length > longestText; held = held.slice(longestText)) this.push(wrap(held.slice(0, longestText)));
      done();
    },
    flush(done) {
      held += decoder.end();
      done(null, held === '' ? undefined : wrap(held));
    },
  });
}
