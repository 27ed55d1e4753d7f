import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourcesList } from '../../../../src/environment/debian/apt-state.ts';
import { snapshotTime } from '../../../../src/environment/debian/make-pins.ts';

test('a time is written as snapshot mirrors write it', () => {
  assert.equal(snapshotTime(new Date('2026-11-26T06:53:48.123Z')), '20261126T065348Z');
});

test('sources name suite, updates and security, each with the keyring', () => {
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const text = sourcesList('trixie', 'arm64', [
    { archive: 'debian', uri: 'http://m.example/debian', signedBy: key },
    { archive: 'debian-security', uri: 'http://m.example/debian-security', signedBy: null },
  ]);
  assert.deepEqual(text.trimEnd().split('\n'), [
    `deb [arch=arm64 signed-by=${key}] http://m.example/debian trixie main`,
    `deb [arch=arm64 signed-by=${key}] http://m.example/debian trixie-updates main`,
    'deb [arch=arm64] http://m.example/debian-security trixie-security main',
  ]);
});
