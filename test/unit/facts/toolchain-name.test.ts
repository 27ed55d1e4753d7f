import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeToolchainName } from '../../../src/facts/toolchain-name.ts';

const host = 'x86_64-unknown-linux-gnu';
const cases: readonly (readonly [written: string, name: string | null])[] = [
  ['stable', `stable-${host}`],
  ['1.95', `1.95-${host}`],
  ['1.95.0', `1.95.0-${host}`],
  ['1.96.0-beta.2', `1.96.0-beta.2-${host}`],
  ['beta-2026-05-01', `beta-2026-05-01-${host}`],
  ['nightly-2026-05-15', `nightly-2026-05-15-${host}`],
  ['nightly-aarch64-unknown-linux-gnu', 'nightly-aarch64-unknown-linux-gnu'],
  ['stable-musl', 'stable-x86_64-unknown-linux-musl'],
  ['stable-aarch64', 'stable-aarch64-unknown-linux-gnu'],
  ['stable-aarch64-musl', 'stable-aarch64-unknown-linux-musl'],
  ['my-build', 'my-build'],
  ['stage1', 'stage1'],
  ['stable-mine', 'stable-mine'],
  ['none', null],
  ['', null],
  ['..', null],
  ['../evil', null],
  ['/abs', null],
  ['-option', null],
  ['a b', null],
  ['a\nb', null],
  ['$(x)', null],
];
for (const [written, name] of cases) {
  test(`${JSON.stringify(written)} is ${name ?? 'no name'}`, () => {
    assert.equal(completeToolchainName(written, host)?.name ?? null, name);
  });
}
