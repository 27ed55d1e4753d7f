import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { extract, type Header } from 'tar-stream';
import { packRoot } from '../../../src/archive/pack-root.ts';

async function headersOf(bytes: Buffer): Promise<Header[]> {
  const headers: Header[] = [];
  const reader = extract();
  reader.on('entry', (header, stream, next) => {
    headers.push(header);
    stream.on('end', next);
    stream.resume();
  });
  const finished = new Promise<void>((resolve, reject) => {
    reader.once('finish', () => resolve());
    reader.once('error', reject);
  });
  reader.end(bytes);
  await finished;
  return headers;
}

test('owners, clocks and order are not this machine’s; modes and links are the root’s', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'boxed-pack-'));
  mkdirSync(join(folder, 'tmp'));
  chmodSync(join(folder, 'tmp'), 0o1777);
  writeFileSync(join(folder, 'b'), 'b', { mode: 0o4755 });
  writeFileSync(join(folder, 'a'), '');
  mkdirSync(join(folder, 'etc'));
  symlinkSync('/absent', join(folder, 'link'));
  const first = await buffer(packRoot(folder));
  utimesSync(join(folder, 'a'), 1, 1);
  // Made when a root is first used.
  writeFileSync(join(folder, 'etc/ld.so.preload'), '');
  assert.ok(first.equals(await buffer(packRoot(folder))));
  rmSync(folder, { recursive: true });
  const headers = await headersOf(first);
  const shown = headers.map(({ name, mode, type, uid, gid }) => [
    name,
    type,
    ((mode ?? 0) & 0o7777).toString(8),
    uid,
    gid,
  ]);
  assert.deepEqual(shown, [
    ['.', 'directory', '755', 0, 0],
    ['a', 'file', '644', 0, 0],
    ['b', 'file', '755', 0, 0],
    ['etc', 'directory', '755', 0, 0],
    ['link', 'symlink', '777', 0, 0],
    ['tmp', 'directory', '1777', 0, 0],
  ]);
  assert.ok(headers.every(({ mtime }) => mtime?.getTime() === 0));
});
