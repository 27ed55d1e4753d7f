import assert from 'node:assert/strict';
import { test } from 'node:test';
import { othersOf, selectPins, withPins, writtenLock } from '../../../src/lock/lock-file.ts';
import type { DebianPins, ImagePins, Pins, ToolchainPins } from '../../../src/lock/pins.ts';

const debian = (suite: string, architecture: string, rootSha256 = 'r'): DebianPins => ({
  ...{ suite, architecture, rootSha256, layers: [], packages: [], snapshot: '20260101T000000Z' },
});
const image = (reference: string): ImagePins => ({ reference, digest: 'sha256:aa', cargo: null, variables: {} });
const toolchain = (host: string): ToolchainPins => ({
  ...{ name: `stable-${host}-unknown-linux-gnu`, version: '1.95.0', manifestSha256: 'm', components: [] },
});
const wish = {
  suite: 'bookworm',
  architecture: 'amd64',
  system: 'x86_64-linux',
  image: null,
  host: 'x86_64-unknown-linux-gnu',
};
const version = 1;
const amd: Pins = { version, debian: debian('bookworm', 'amd64'), toolchain: toolchain('x86_64') };
const arm: Pins = { version, debian: debian('bookworm', 'arm64'), toolchain: toolchain('aarch64') };

test('machines and environments stand side by side, each finds its own, and the order does not count', () => {
  const lock = [
    arm,
    { version, image: image('b') } as const,
    { version, debian: debian('trixie', 'amd64') } as const,
  ].reduce((held, pins) => withPins(held, pins), withPins(null, amd));
  assert.deepEqual(selectPins(lock, wish), { ...amd, image: image('b') });
  assert.deepEqual(selectPins(lock, { ...wish, architecture: 'arm64', host: 'aarch64-unknown-linux-gnu' }), {
    ...arm,
    image: image('b'),
  });
  assert.equal(selectPins(lock, { ...wish, suite: 'trixie' }).debian?.suite, 'trixie');
  assert.deepEqual(writtenLock(withPins(withPins(null, arm), amd)), writtenLock(withPins(withPins(null, amd), arm)));
  assert.deepEqual(othersOf(lock, amd), ['Debian bookworm for arm64', 'Debian trixie for amd64', 'the image b']);
});

test('what is for the same is replaced, and one alone is written alone', () => {
  const fresh = { ...amd, debian: debian('bookworm', 'amd64', 's') };
  assert.deepEqual(writtenLock(withPins(withPins(null, amd), fresh)), fresh);
});

test('where nothing fits there is still something to name', () => {
  const chosen = selectPins(withPins(null, arm), wish);
  assert.equal(chosen.debian?.architecture, 'arm64');
  assert.deepEqual(selectPins(withPins(null, { version }), wish), { version });
});
