import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockPackages } from '../../../src/fetch/lock-packages.ts';

const sum = 'a'.repeat(64);
const commit = 'b'.repeat(40);

test('crates, git sources and the project’s own packages are told apart', () => {
  const lock = lockPackages(
    `version = 4
[[package]]
name = "app"
version = "0.1.0"
dependencies = ["leaf", "dep"]
[[package]]
name = "leaf"
version = "1.0.0+build.1"
source = "registry+https://example.invalid/index"
checksum = "${sum}"
[[package]]
name = "dep"
version = "0.2.0"
source = "git+ssh://git@example.invalid/some/dep.git?branch=a%2Fb#${commit}"
[[patch.unused]]
name = "never"
version = "0.3.0"
source = "git+https://example.invalid/never#${commit}"
`,
  );
  assert.ok(lock.ok);
  assert.deepEqual(lock.value.own, [
    { name: 'app', version: '0.1.0', dependencies: ['leaf', 'dep'], source: null, checksum: null, unused: false },
  ]);
  assert.deepEqual(
    lock.value.crates.map(({ name, version, sha256, source }) => [name, version, sha256, source]),
    [['leaf', '1.0.0+build.1', sum, 'registry+https://example.invalid/index']],
  );
  assert.deepEqual(
    lock.value.gitSources.map(({ url }) => url),
    ['ssh://git@example.invalid/some/dep.git', 'https://example.invalid/never'],
  );
});

test('checksums of the first lock version', () => {
  const lock = lockPackages(
    `[[package]]\nname = "leaf"\nversion = "1.0.0"\nsource = "registry+x"\n[metadata]\n"checksum leaf 1.0.0 (registry+x)" = "${sum}"\n`,
  );
  assert.ok(lock.ok && lock.value.crates[0]?.sha256 === sum);
});

for (const [what, text, code] of [
  ['a name that climbs', '[[package]]\nname = "../../x"\nversion = "1.0.0"\n', 'lock-broken'],
  ['a version that climbs', '[[package]]\nname = "x"\nversion = "1/../../.."\n', 'lock-broken'],
  [
    'a crate without a checksum',
    '[[package]]\nname = "x"\nversion = "1.0.0"\nsource = "registry+x"\n',
    'checksum-mismatch',
  ],
  [
    'a checksum that is none',
    '[[package]]\nname = "x"\nversion = "1.0.0"\nsource = "registry+x"\nchecksum = "12"\n',
    'checksum-mismatch',
  ],
  [
    'a git source without a commit',
    '[[package]]\nname = "x"\nversion = "1.0.0"\nsource = "git+https://x.invalid/y"\n',
    'lock-broken',
  ],
  ['a conflict marker', '<<<<<<< HEAD\n', 'lock-broken'],
] as const) {
  test(`refused: ${what}`, () => {
    const lock = lockPackages(text);
    assert.deepEqual(lock.ok ? [] : lock.problems.map((problem) => problem.code), [code]);
  });
}
