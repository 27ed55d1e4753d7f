import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  explainFailure,
  forbiddenNamespaces,
  hasRange,
} from '../../../../src/environment/debian/mmdebstrap-problems.ts';

const settings = (values: Readonly<Record<string, string>>) => (file: string) => values[file] ?? null;

test('the setting that forbids user namespaces is named', () => {
  const clone = settings({ '/proc/sys/kernel/unprivileged_userns_clone': '0\n' });
  assert.match(forbiddenNamespaces(clone)?.fix ?? '', /sysctl -w kernel\.unprivileged_userns_clone=1/);
  const none = settings({ '/proc/sys/user/max_user_namespaces': '0\n' });
  assert.match(forbiddenNamespaces(none)?.why ?? '', /max_user_namespaces/);
  const armour = settings({ '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n' });
  assert.match(forbiddenNamespaces(armour)?.why ?? '', /AppArmor/);
  assert.equal(forbiddenNamespaces(settings({})), null);
});

test('ranges of ids are found by name or number and must be large enough', () => {
  assert.equal(hasRange('ann:100000:65536\n', ['ann', '1000']), true);
  assert.equal(hasRange('1000:100000:65536\n', ['ann', '1000']), true);
  assert.equal(hasRange('ann:100000:1000\n', ['ann', '1000']), false);
  assert.equal(hasRange('', ['ann']), false);
});

const cases: readonly (readonly [string, string, string])[] = [
  ['tar: ./usr/lib/x: Cannot write: No space left on device', 'storage', 'disk'],
  ['E: Failed to fetch http://m.example/x  Could not connect', 'fetch-failed', 'connect'],
  ['E: Release file for x is not valid yet (invalid for another 3d)', 'fetch-failed', 'not valid yet'],
  ['W: GPG error: the following signatures were invalid: EXPKEYSIG 6ED0E7B82643E131', 'fetch-failed', 'EXPKEYSIG'],
  [
    'E: Failed to fetch http://m.example/x  Error writing to file - write (28: No space left on device)',
    'storage',
    'disk',
  ],
  ['W: GPG error: NO_PUBKEY 0E98404D386FA1D9\nE: it is not signed', 'environment', 'signed'],
];
for (const [stderr, code, word] of cases) {
  test(`explained: ${stderr.slice(0, 40)}`, () => {
    const problem = explainFailure('it failed', stderr);
    assert.equal(problem.code, code);
    assert.match(problem.why ?? '', new RegExp(word, 'i'));
  });
}

test('control characters of a tool never reach the terminal', () => {
  const start = String.fromCharCode(27);
  assert.equal(explainFailure('it failed', `E: ${start}]52;c;x`).why?.includes(start), false);
});
