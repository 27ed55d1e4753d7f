import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  currentContainerOwner,
  ownerState,
  readOwner,
  writeOwner,
} from '../../../../src/engine/docker/container-owner.ts';

const we = currentContainerOwner();

test('an owner survives its label', () => {
  assert.deepEqual(readOwner(writeOwner(we)), we);
});

test('foreign labels are not read as owners', () => {
  for (const text of ['', 'x', '1 2 3', '-1 2 3 4 5', '1 2 3 4 5 6']) assert.equal(readOwner(text), null);
});

test('a living owner is alive, and the same number with another start is gone', () => {
  assert.equal(ownerState(we, we, true), 'alive');
  assert.equal(ownerState({ ...we, startTicks: '1' }, we, true), 'gone');
  assert.equal(ownerState({ ...we, processId: 2 ** 22 + 1 }, we, true), 'gone');
});

test('what cannot be told stays', () => {
  assert.equal(ownerState({ ...we, uid: we.uid + 1, startTicks: '1' }, we, true), 'unknown');
  assert.equal(ownerState({ ...we, pidNamespace: 'pid:[9]', startTicks: '1' }, we, true), 'unknown');
  assert.equal(ownerState({ ...we, bootId: 'other' }, we, true), 'unknown');
  assert.equal(ownerState({ ...we, bootId: 'other' }, we, false), 'gone');
});
