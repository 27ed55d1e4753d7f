import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mountsBelow } from '../../../../src/engine/docker/mounts-below.ts';

const mountinfo = [
  '22 1 254:0 / / rw - ext4 /dev/vda rw',
  '30 22 0:5 / /home/me/p rw - tmpfs tmpfs rw',
  '31 22 0:5 / /home/me/p/b/c rw - tmpfs tmpfs rw',
  '32 22 0:5 / /home/me/p/b rw - tmpfs tmpfs rw',
  '33 22 0:5 / /home/me/p/with\\040blank rw - tmpfs tmpfs rw',
  '34 22 0:5 / /home/me/p2 rw - tmpfs tmpfs rw',
  '',
].join('\n');

test('the mounts strictly below, parents first', () => {
  assert.deepEqual(mountsBelow(mountinfo, '/home/me/p'), ['/home/me/p/b', '/home/me/p/b/c', '/home/me/p/with blank']);
});

test('a sibling with the same beginning is not below', () => {
  assert.deepEqual(mountsBelow(mountinfo, '/home/me/p2'), []);
});
