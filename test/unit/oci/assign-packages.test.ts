import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignPackages } from '../../../src/oci/assign-packages.ts';

const status = [
  'Package: libasound2-dev\nStatus: install ok installed\nDepends: libasound2 (= 1.2), pkgconf',
  'Package: libasound2\nDepends: libasound2-data (>= 1), libc6',
  'Package: libasound2-data\nArchitecture: all',
  'Package: libssl-dev\nDepends: libssl3 (= 3) | other-ssl, shared-virtual',
  'Package: libssl3\nPre-Depends: shared',
  'Package: shared\nProvides: shared-virtual (= 1), more',
  'Package: alone',
].join('\n\n');
const added = ['alone', 'libasound2', 'libasound2-data', 'libasound2-dev', 'libssl-dev', 'libssl3', 'shared'];
const alsa = { name: 'alsa', packages: ['libasound2-dev'] };
const openssl = { name: 'openssl', packages: ['libssl-dev'] };

test('each package belongs to the layer that needs it, and what nobody needs to those named by themselves', () => {
  assert.deepEqual(assignPackages(status, added, [alsa, openssl]), [
    { holds: 'layer alsa', packages: ['libasound2', 'libasound2-data', 'libasound2-dev'] },
    { holds: 'layer openssl', packages: ['libssl-dev', 'libssl3', 'shared'] },
    { holds: 'packages', packages: ['alone'] },
  ]);
});

test('another layer leaves the others as they are', () => {
  const fewer = assignPackages(status, ['libssl-dev', 'libssl3', 'shared'], [openssl]);
  const more = assignPackages(status, added, [alsa, openssl]);
  assert.deepEqual(fewer[0], more[1]);
});

test('what is in the base already belongs to no layer, and dependencies in a ring end', () => {
  const ring = 'Package: a\nDepends: b\n\nPackage: b\nDepends: a\n';
  assert.deepEqual(assignPackages(ring, ['b'], [{ name: 'x', packages: ['a'] }]), [
    { holds: 'layer x', packages: ['b'] },
  ]);
  assert.deepEqual(assignPackages(ring, [], [{ name: 'x', packages: ['a'] }]), []);
});
