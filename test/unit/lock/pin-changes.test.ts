import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pinChanges, versionChanges } from '../../../src/lock/pin-changes.ts';
import type { DebianPackage, Pins } from '../../../src/lock/pins.ts';

const one = (name: string, version: string, sha256 = 'a'): DebianPackage => ({
  ...{ name, version, sha256, architecture: 'amd64', archive: 'debian', path: `pool/${name}.deb`, sizeBytes: 1 },
});
const debian = {
  ...{ suite: 'bookworm', architecture: 'amd64', layers: [], snapshot: '20260101T000000Z', rootSha256: 'r' },
  packages: [one('gcc', '12'), one('libc6', '2.36-1'), one('perl', '5')],
};
const image = { reference: 'registry.example/rust:1', digest: 'sha256:aa', cargo: null, variables: {} };
const toolchain = { name: 'stable', version: '1.95.0', manifestSha256: 'm', components: [] };
const pins: Pins = { version: 1, debian, toolchain };

test('what differs between two locks is named, before and after; what does not is not', () => {
  assert.deepEqual(pinChanges(pins, pins), []);
  assert.deepEqual(pinChanges(null, pins), []);
  const packages = [one('gcc', '12', 'b'), one('libc6', '2.36-2'), one('zlib1g', '1')];
  const after: Pins = {
    version: 1,
    debian: { ...debian, layers: ['openssl'], packages, rootSha256: 's' },
    toolchain: { ...toolchain, version: '1.96.0' },
  };
  assert.deepEqual(pinChanges(pins, after), [
    'layers: [] → [openssl]',
    'gcc 12: a → b',
    'libc6: 2.36-1 → 2.36-2',
    'perl: 5 → none',
    'zlib1g: none → 1',
    'toolchain: stable 1.95.0 → stable 1.96.0',
  ]);
  assert.deepEqual(pinChanges({ version: 1, image }, { version: 1, image: { ...image, digest: 'sha256:bb' } }), [
    'registry.example/rust:1: sha256:aa → sha256:bb',
  ]);
  assert.deepEqual(pinChanges(pins, { version: 1, image }), [
    'no longer a Debian environment',
    'now an image',
    'no longer a toolchain',
  ]);
});

test('a long list of packages is cut', () => {
  const many = (version: string) => Array.from({ length: 50 }, (_, index) => one(`p${index}`, version));
  const lines = pinChanges(
    { version: 1, debian: { ...debian, packages: many('1') } },
    { version: 1, debian: { ...debian, packages: many('2') } },
  );
  assert.deepEqual([lines.length, lines.at(-1)], [21, 'and 30 more packages']);
});

test('a new version from the security archive is said to be a security update, and is never cut', () => {
  const many = (version: string) => Array.from({ length: 50 }, (_, index) => one(`p${index}`, version));
  const secure = { ...one('z', '2'), archive: 'debian-security' };
  const before: Pins = { version: 1, debian: { ...debian, packages: [...many('1'), one('z', '1')] } };
  const after: Pins = {
    version: 1,
    debian: { ...debian, packages: [...many('2'), secure, { ...secure, name: 'zz' }] },
  };
  const lines = pinChanges(before, after);
  assert.ok(lines.includes('z: 1 → 2 (security update)'), lines.join('\n'));
  assert.equal(lines.at(-1), 'and 31 more packages');
  const changes = versionChanges(before, after);
  assert.equal(changes.length, 52);
  assert.deepEqual(changes.slice(-2), [
    { name: 'z', from: '1', to: '2', security: true },
    { name: 'zz', from: null, to: '2', security: false },
  ]);
});
