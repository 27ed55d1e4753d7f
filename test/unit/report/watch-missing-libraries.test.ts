import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { watchMissingLibraries } from '../../../src/report/watch-missing-libraries.ts';

async function missing(...chunks: readonly string[]): Promise<readonly string[]> {
  const watch = watchMissingLibraries();
  const stream = new PassThrough();
  watch.listen(stream);
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((done) => stream.on('end', done));
  return watch.missing().map(({ name }) => name);
}

test('what pkg-config, its crate, the linkers and openssl-sys miss is named', async () => {
  assert.deepEqual(await missing('Package alsa was not found in the pkg-config search path.\n'), ['alsa']);
  assert.deepEqual(await missing('The system library `libudev` required by crate `x` was not found.'), ['libudev']);
  assert.deepEqual(await missing('/usr/bin/ld: cannot find -lpq: No such file\n'), ['pq']);
  assert.deepEqual(await missing('rust-lld: error: unable to find library -lsqlite3\n'), ['sqlite3']);
  assert.deepEqual(await missing('Could not find directory of OpenSSL installation, and\n'), ['openssl']);
  assert.deepEqual(await missing('Package serde was compiled; cannot find value `x`\n'), []);
});

test('a name that is split between two chunks is whole, and each is named once', async () => {
  const said = 'ld: cannot find -lsqlite3: No\nld: cannot find -lsqlite3: No\n';
  for (let at = 1; at < said.length; at += 1) {
    assert.deepEqual(await missing(said.slice(0, at), said.slice(at)), ['sqlite3'], String(at));
  }
});
