import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readDebMembers, writeDebHeader, writeDebMagic } from '../../../../src/environment/debian/deb-archive.ts';

const folder = mkdtempSync(join(tmpdir(), 'debian-unit-'));
after(() => rmSync(folder, { recursive: true }));

test('what is written is read again, with odd sizes padded', () => {
  const file = join(folder, 'a.deb');
  const descriptor = openSync(file, 'w');
  writeDebMagic(descriptor);
  writeDebHeader(descriptor, 'debian-binary', 4, null);
  writeSync(descriptor, '2.0\n');
  writeDebHeader(descriptor, 'control.tar', 3, null);
  writeSync(descriptor, 'abc\n');
  writeDebHeader(descriptor, 'data.tar', 2, null);
  writeSync(descriptor, 'de');
  closeSync(descriptor);
  assert.deepEqual(readDebMembers(file), [
    { name: 'debian-binary', offset: 68, sizeBytes: 4 },
    { name: 'control.tar', offset: 132, sizeBytes: 3 },
    { name: 'data.tar', offset: 196, sizeBytes: 2 },
  ]);
});

test('what is no package, or promises more than it has, is none', () => {
  const file = join(folder, 'b.deb');
  writeFileSync(file, 'hello');
  assert.equal(readDebMembers(file), null);
  writeFileSync(file, `!<arch>\n${'x'.padEnd(48)}${'99'.padEnd(10)}\`\nshort`);
  assert.equal(readDebMembers(file), null);
});
