import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { readSingleFile } from '../../../src/archive/read-single-file.ts';
import { type ArchiveEntry, tarOf } from '../../support/crate-archive.ts';

async function read(entries: readonly ArchiveEntry[], mostBytes = 100): Promise<string | null> {
  const tar = Readable.from([await tarOf(entries)], { objectMode: false });
  return (await readSingleFile(tar, mostBytes))?.toString('utf8') ?? null;
}

test('the one file of a tar, and nothing of any other tar', async () => {
  assert.equal(await read([{ name: 'status', content: 'text' }]), 'text');
  assert.equal(await read([{ name: 'status', content: '' }]), '');
  assert.equal(await read([{ name: 'status', content: 'x'.repeat(101) }]), null, 'too large');
  assert.equal(await read([{ name: 'status', type: 'symlink', linkname: '/etc/shadow' }]), null);
  assert.equal(
    await read([
      { name: 'a', content: 'a' },
      { name: 'b', content: 'b' },
    ]),
    null,
  );
  assert.equal(await read([]), null);
});

test('what is no tar, or ends too early, rejects and does not wait', async () => {
  const noTar = Readable.from([Buffer.alloc(1024, 'x')], { objectMode: false });
  await assert.rejects(readSingleFile(noTar, 100));
  const whole = await tarOf([{ name: 'status', content: 'x'.repeat(90) }]);
  const cut = Readable.from([whole.subarray(0, 560)], { objectMode: false });
  await assert.rejects(readSingleFile(cut, 100));
});
