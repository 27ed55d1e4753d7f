import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { neededGlibc } from '../../../src/facts/needed-glibc.ts';

const folder = mkdtempSync(join(tmpdir(), 'glibc-'));
after(() => rmSync(folder, { recursive: true }));

test('finds the newest version, also across two pieces', () => {
  const file = join(folder, 'program');
  writeFileSync(file, `${'x'.repeat(1024 * 1024 - 5)}GLIBC_2.34\0GLIBC_2.2.5\0GLIBC_2.17`);
  assert.equal(neededGlibc(file), 34);
  assert.ok((neededGlibc(process.execPath) ?? 0) >= 17);
});

test('knows a program that needs none', () => {
  const file = join(folder, 'script');
  writeFileSync(file, '#!/bin/sh\n');
  assert.equal(neededGlibc(file), null);
});
