import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { watchNames } from '../../../src/report/watch-names.ts';

test('finds names as words of their own, also over a border of chunks', async () => {
  const watch = watchNames(['.env', 'key.pem', 'schlüssel.pem', 'other.pem']);
  const stream = new PassThrough();
  watch.listen(stream);
  for (const piece of ['no .env', 'x; my.env; /a/ke', 'y.pem: ', 'No such file "/a/schl', 'üssel.pem"\n']) {
    stream.write(piece);
  }
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([...watch.seen()].sort(), ['key.pem', 'schlüssel.pem']);
});
