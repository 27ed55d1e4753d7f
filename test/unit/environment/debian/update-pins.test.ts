import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renewed } from '../../../../src/environment/debian/update-pins.ts';
import type { DebianPackage } from '../../../../src/lock/pins.ts';

const one = (name: string, version: string, source = name): DebianPackage => ({
  ...{ name, version, sha256: version, architecture: 'amd64', archive: 'debian', sizeBytes: 1 },
  path: `pool/main/x/${source}/${name}_${version}_amd64.deb`,
});
const shown = (packages: readonly DebianPackage[]) =>
  packages.map(({ name, version, snapshot }) => [name, version, snapshot ?? ''].join(' ').trim());
const held = [one('liba', '1', 'a'), one('liba-dev', '1', 'a'), one('libb', '1'), one('libc', '1')];

test('one package becomes newer with those of its source, and all others stay as they are', () => {
  const today = [
    one('liba', '2', 'a'),
    one('liba-data', '2', 'a'),
    one('liba-dev', '2', 'a'),
    one('libb', '2'),
    one('libc', '1'),
  ];
  assert.deepEqual(shown(renewed(held, today, new Set(['liba-dev']), 'T')), [
    'liba 2 T',
    'liba-data 2 T',
    'liba-dev 2 T',
    'libb 1',
    'libc 1',
  ]);
  assert.deepEqual(shown(renewed(held, today, new Set(['libb', 'libc']), 'T')), [
    'liba 1',
    'liba-dev 1',
    'libb 2 T',
    'libc 1',
  ]);
});

test('what is newest already is the same list', () => {
  assert.equal(renewed(held, [one('libb', '2'), one('libc', '1')], new Set(['libc']), 'T'), held);
});
