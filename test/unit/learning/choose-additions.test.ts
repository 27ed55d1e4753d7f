import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Wanted } from '../../../src/layers/wanted.ts';
import { chooseAdditions, type Provider, type Providers } from '../../../src/learning/choose-additions.ts';
import { findMissed } from '../../../src/learning/find-missed.ts';
import { readFailures } from '../../../src/learning/read-failures.ts';
import { readRecord } from '../../../src/learning/read-record.ts';

const layers: Readonly<Record<string, Provider>> = {
  'module alsa': { kind: 'layer', name: 'alsa' },
  'library alsa': { kind: 'layer', name: 'alsa' },
  'module openssl': { kind: 'layer', name: 'openssl' },
  'module rare': { kind: 'package', name: 'librare-dev' },
  'program R': { kind: 'layer', name: 'r' },
  'debian-package libfoo-dev': { kind: 'package', name: 'libfoo-dev' },
  'crate known-sys': { kind: 'layer', name: 'known' },
};
const providers = (there: readonly string[] = []): Providers => ({
  look:
    async () =>
    ({ name }: Wanted) =>
      there.includes(name),
  find: async ({ kind, name }: Wanted) => layers[`${kind} ${name}`] ?? null,
});
const failed = (crate: string, said: string) =>
  `error: failed to run custom build command for \`${crate} v1.0.0\`\n\nCaused by:\n  --- stderr\n  ${said}\n`;
const evidence = (text: string, record = '') =>
  findMissed(readFailures(text), readRecord(record), (crate) => (crate === 'linked-sys' ? ['alsa'] : []));

test('a message that names a module leads to its layer, with the reason', async () => {
  const text = failed('alsa-sys', 'Package alsa was not found in the pkg-config search path.');
  assert.deepEqual(await chooseAdditions(evidence(text), [], providers()), {
    learned: [{ kind: 'layer', name: 'alsa', crate: 'alsa-sys', wanted: 'the pkg-config module alsa' }],
    below: [],
    unknown: [],
  });
});

test('one that says nothing is known by what it asked; one that did not fail gets nothing', async () => {
  const record = 'asked\0geos-sys\0--libs\0rare\0\x1easked\0libz-sys\0--libs\0openssl\0\x1e';
  const { learned } = await chooseAdditions(evidence(failed('geos-sys', 'it failed'), record), [], providers());
  assert.deepEqual(
    learned.map(({ kind, name }) => [kind, name]),
    [['package', 'librare-dev']],
  );
});

test('what the root has is not missing, and what was added before is not the answer', async () => {
  const text = failed('x-sys', "No package 'alsa' found. Try apt install libfoo-dev.");
  assert.deepEqual((await chooseAdditions(evidence(text), [], providers(['alsa']))).learned[0]?.name, 'libfoo-dev');
  const known = [{ kind: 'layer', name: 'alsa', crate: 'x-sys', wanted: '' }] as const;
  assert.deepEqual((await chooseAdditions(evidence(text), known, providers())).learned[0]?.name, 'libfoo-dev');
});

test('a module of a message goes before a program, a program that is not there before what is known of a crate', async () => {
  const both = failed('known-sys', 'Package alsa was not found in the pkg-config search path\n  sh: 1: R: not found');
  assert.deepEqual(
    (await chooseAdditions(evidence(both), [], providers())).learned.map(({ name }) => name),
    ['alsa'],
  );
  const linked = await chooseAdditions(evidence(failed('linked-sys', 'it failed')), [], providers());
  assert.deepEqual(
    linked.learned.map(({ name, wanted }) => [name, wanted]),
    [['alsa', 'the library alsa']],
  );
  const silent = failed('known-sys', 'it failed');
  const noted = 'absent\0known-sys\0R\0\x1e';
  assert.equal((await chooseAdditions(evidence(silent, noted), [], providers())).learned[0]?.name, 'r');
  assert.equal((await chooseAdditions(evidence(silent), [], providers())).learned[0]?.name, 'known');
  const sought = 'sought\0known-sys\0R\0\x1esought\0plain-sys\0R\0\x1e';
  assert.equal((await chooseAdditions(evidence(silent, sought), [], providers())).learned[0]?.name, 'known');
  const plain = evidence(failed('plain-sys', 'it failed'), sought);
  assert.equal((await chooseAdditions(plain, [], providers())).learned[0]?.name, 'r');
});

test('what nothing has is named, and nothing is guessed', async () => {
  const text = failed('x-sys', "Package 'nowhere' was not found in the pkg-config search path.");
  assert.deepEqual(await chooseAdditions(evidence(text), [], providers()), {
    learned: [],
    below: [],
    unknown: [{ crate: 'x-sys', wanted: { kind: 'module', name: 'nowhere' } }],
  });
});

test('a library that only the linker misses belongs to the package that could not be compiled', () => {
  const text = [
    'error: linking with `cc` failed: exit status: 1',
    '  |',
    '  = note: rust-lld: error: unable to find library -ludev',
    '',
    'error: could not compile `app` (bin "app") due to 1 previous error',
  ].join('\n');
  const { crates, missed } = readFailures(text);
  assert.deepEqual(crates, ['app']);
  assert.deepEqual(missed, [{ crate: 'app', wanted: { kind: 'library', name: 'udev' } }]);
});

test('an ordinary error of the compiler is no evidence', async () => {
  const text = 'error[E0425]: cannot find value `x` in this scope\nerror: could not compile `app` (bin "app")\n';
  assert.deepEqual(await chooseAdditions(evidence(text), [], providers()), { learned: [], below: [], unknown: [] });
});
