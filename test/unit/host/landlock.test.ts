import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { landlockGap } from '../../../src/host/landlock.ts';

test('a kernel that is too old, or has Landlock switched off, is named with the remedy', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'landlock-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const modules = (text: string) => {
    const file = join(folder, 'lsm');
    writeFileSync(file, text);
    return file;
  };
  assert.match(landlockGap('5.15.0-91-generic', modules('landlock,yama')) ?? '', /Linux 5\.19 or later.*5\.15/);
  assert.match(landlockGap('4.19.0', '/nonexistent') ?? '', /Linux 5\.19/);
  assert.match(landlockGap('6.1.0-18-amd64', modules('yama,apparmor\n')) ?? '', /lsm=landlock,yama,apparmor/);
  assert.equal(landlockGap('6.1.0-18-amd64', modules('lockdown,landlock,yama\n')), null);
  assert.equal(landlockGap('6.18.1', '/nonexistent'), null);
});
