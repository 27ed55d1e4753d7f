import assert from 'node:assert/strict';
import { existsSync, symlinkSync } from 'node:fs';
import test from 'node:test';
import { plainProgram, project, temporaryFolder } from '../support/rig.ts';

const app = plainProgram('layered', 'fn main() {}\n');

test('layers are found by whatever one knows of them', async (context) => {
  const made = project(context, app);
  for (const [word, layer] of [
    ['openssl.pc', 'openssl'],
    ['libasound', 'alsa'],
    ['libpq', 'postgres'],
    ['libudev-dev', 'udev'],
    ['sound', 'alsa'],
  ] as const) {
    const found = await made.boxed(['layers', 'search', word]);
    assert.equal(found.status, 0, found.text);
    assert.match(found.stdout, new RegExp(`^${layer} `, 'm'));
  }
  const none = await made.boxed(['layers', 'search', 'no-such-thing']);
  assert.equal(none.status, 1, none.text);
  const shown = JSON.parse((await made.boxed(['layers', 'show', 'openssl', '--json'])).stdout);
  assert.deepEqual(shown.layers[0].packages, ['libssl-dev']);
});

test('layers come and go, and the rest of the file stays', async (context) => {
  const made = project(context, app);
  assert.match((await made.boxed(['layers'])).stdout, /^No layers/);
  assert.equal((await made.boxed(['layers', 'add', 'openssl', 'zlib'])).status, 0);
  assert.equal(made.read('cargo-boxed.yaml'), 'layers: [openssl, zlib]\n');
  made.write('cargo-boxed.yaml', '# ours\nlayers: # for git2\n  - openssl # why\n  - zlib\nsuite: trixie\n');
  assert.equal((await made.boxed(['layers', 'add', 'alsa', 'zlib'])).status, 0);
  assert.equal(
    made.read('cargo-boxed.yaml'),
    '# ours\nlayers: # for git2\n  - openssl # why\n  - zlib\n  - alsa\nsuite: trixie\n',
  );
  const again = await made.boxed(['layers', 'add', 'alsa']);
  assert.match(again.stdout, /^Nothing to change/);
  assert.equal((await made.boxed(['layers', 'remove', 'openssl', 'alsa'])).status, 0);
  assert.equal(made.read('cargo-boxed.yaml'), '# ours\nlayers: # for git2\n  - zlib\nsuite: trixie\n');
  const held = JSON.parse((await made.boxed(['--layer', 'alsa', 'layers', '--layer', 'openssl', '--json'])).stdout);
  assert.deepEqual(
    held.layers.map(({ name }: { name: string }) => name),
    ['alsa', 'openssl', 'zlib'],
  );
});

test('a wrong name is told with the near ones, and nothing is written', async (context) => {
  const made = project(context, app);
  for (const [words, exit, said] of [
    [['add', 'opensll'], 78, /there is no layer 'opensll'[\s\S]*Did you mean 'openssl'/],
    [['add', 'libpq-dev'], 78, /Did you mean 'postgres'/],
    [['add'], 64, /lacks a word/],
    [['serach', 'x'], 64, /Did you mean `search`/],
    [['show', '../../etc/passwd'], 78, /there is no layer/],
  ] as const) {
    const ended = await made.boxed(['layers', ...words]);
    assert.equal(ended.status, exit, ended.text);
    assert.match(ended.stderr, said);
  }
  assert.equal(existsSync(made.path('cargo-boxed.yaml')), false);
});

test('only the file of the project is changed: no link is followed, no other place written', async (context) => {
  const outside = temporaryFolder(context, 'outside');
  const made = project(context, app);
  symlinkSync(`${outside}/config.yaml`, made.path('cargo-boxed.yaml'));
  const linked = await made.boxed(['layers', 'add', 'zlib']);
  assert.notEqual(linked.status, 0, linked.text);

  const inManifest = project(context, {
    ...app,
    'Cargo.toml': `${app['Cargo.toml']}\n[package.metadata.boxed]\nlayers = ["zlib"]\n`,
  });
  const refused = await inManifest.boxed(['layers', 'add', 'alsa']);
  assert.equal(refused.status, 78, refused.text);
  assert.match(refused.stderr, /the configuration is in the metadata of Cargo\.toml/);
});

test('`lock --check` says whether the lock is current, and writes nothing', async (context) => {
  const made = project(context, app);
  const check = (...words: readonly string[]) => made.boxed(['lock', '--check', ...words]);
  const missing = await check();
  assert.equal(missing.status, 65, missing.text);
  assert.ok(!existsSync(made.path('cargo-boxed.lock')));
  assert.equal((await made.boxed(['lock'])).status, 0);
  const text = made.read('cargo-boxed.lock');
  const current = await check('--json');
  assert.equal(current.status, 0, current.text);
  assert.equal(JSON.parse(current.stdout).current, true);
  made.write('cargo-boxed.yaml', 'layers: [zlib]\n');
  const drifted = await check();
  assert.equal(drifted.status, 65, drifted.text);
  assert.match(drifted.stderr, /pins the layers \[\], not \[zlib\]/);
  assert.equal(made.read('cargo-boxed.lock'), text);
  assert.equal((await check('--update')).status, 64);
});
