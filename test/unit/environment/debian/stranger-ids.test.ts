import assert from 'node:assert/strict';
import test from 'node:test';
import { strangerIds } from '../../../../src/environment/debian/stranger-ids.ts';

test('with all ids those are taken that nobody is ever given', () => {
  assert.deepEqual(strangerIds('         0          0 4294967295\n'), { first: 0x7000_0000, count: 65_536 });
});

test('with few ids all but root', () => {
  assert.deepEqual(strangerIds('0 100000 65536\n'), { first: 1, count: 65_535 });
  assert.deepEqual(strangerIds('0 1000 1\n1 100000 65536\n'), { first: 1, count: 65_536 });
});

test('with too few, or without a table, there are none', () => {
  for (const map of ['0 1000 1\n', '', 'x y z\n']) assert.equal(strangerIds(map), null);
});
