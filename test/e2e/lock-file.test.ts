import assert from 'node:assert/strict';
import test from 'node:test';
import { plainProgram, project } from '../support/rig.ts';

const app = { ...plainProgram('locked', 'fn main() {}\n'), 'cargo-boxed.yaml': 'layers: [lz4, openssl]\n' };

test('`lock --update NAME` renews one layer, package or the toolchain, and nothing else', async (context) => {
  const made = project(context, app);
  assert.equal((await made.boxed(['lock'])).status, 0);
  const text = made.read('cargo-boxed.lock');
  // Versions of yesterday, as far as pins go: the files are today's.
  const aged = (...names: readonly string[]) =>
    names.reduce((lock, name) => lock.replace(new RegExp(`("name": "${name}",[^}]*"version": ")[^"]+`), '$10.1'), text);
  const versionOf = (name: string) =>
    new RegExp(`"name": "${name}",[^}]*"version": "([^"]+)"`).exec(made.read('cargo-boxed.lock'))?.[1];
  made.write('cargo-boxed.lock', aged('liblz4-dev', 'libssl-dev'));

  const layer = await made.boxed(['lock', '--update', 'lz4', '--json']);
  assert.equal(layer.status, 0, layer.text);
  const { packages, changes } = JSON.parse(layer.stdout);
  assert.deepEqual(
    packages.map(({ name, from, security }: Record<string, unknown>) => [name, from, security]),
    [['liblz4-dev', '0.1', false]],
  );
  assert.match(changes.join('\n'), /^liblz4-dev: 0\.1 → \d/);
  assert.equal(versionOf('libssl-dev'), '0.1');
  const single = await made.boxed(['lock', '--update', 'libssl-dev']);
  assert.equal(single.status, 0, single.text);
  assert.match(single.stdout, /^ {4}libssl-dev: 0\.1 → \S+(?: \(security update\))?$/m);
  const built = await made.boxed(['--pinned', 'build']);
  assert.equal(built.status, 0, built.text);
  const toolchain = await made.boxed(['lock', '--update', 'toolchain']);
  assert.match(toolchain.stdout, /as before/);
  const misspelt = await made.boxed(['lock', '--update', 'libssl-dve']);
  assert.equal(misspelt.status, 64, misspelt.text);
  assert.match(misspelt.stderr, /has no `libssl-dve`[\s\S]*Did you mean `libssl-dev`/);
  for (const words of [['lz4'], ['--check', '--only'], ['--default', '--update', 'lz4']])
    assert.equal((await made.boxed(['lock', ...words])).status, 64, words.join(' '));
});

test('a lock that is broken is named with its place; one of a later release is kept', async (context) => {
  const made = project(context, app);
  for (const [text, said] of [
    ['{\n<<<<<<< ours\n', /cargo-boxed\.lock:2[\s\S]*conflict markers/],
    ['{\n  "version": 1,\n  "debian": x\n}\n', /cargo-boxed\.lock:3:13[\s\S]*not JSON/],
    ['{"version": 1, "later": {}}\n', /later is not known/],
  ] as const) {
    made.write('cargo-boxed.lock', text);
    const ended = await made.boxed(['build']);
    assert.equal(ended.status, 78, ended.text);
    assert.match(ended.stderr, said);
  }
  const later = '{"version": 9, "needs": "3.0.0"}\n';
  made.write('cargo-boxed.lock', later);
  for (const words of [['build'], ['lock'], ['lock', '--update']]) {
    const ended = await made.boxed(words);
    assert.equal(ended.status, 78, ended.text);
    assert.match(ended.stderr, /Use cargo-boxed 3\.0\.0 or newer/);
  }
  assert.equal(made.read('cargo-boxed.lock'), later);
});

test('what is for another machine stays beside what this one adds, and is no pin of this one', async (context) => {
  const made = project(context, plainProgram('several', 'fn main() {}\n'));
  assert.equal((await made.boxed(['lock'])).status, 0);
  const [mine, theirs] = process.arch === 'arm64' ? ['arm64', 'amd64'] : ['amd64', 'arm64'];
  made.write(
    'cargo-boxed.lock',
    made.read('cargo-boxed.lock').replaceAll(`"architecture": "${mine}"`, `"architecture": "${theirs}"`),
  );
  const built = await made.boxed(['--pinned', 'build']);
  assert.equal(built.status, 65, built.text);
  assert.match(built.stderr, new RegExp(`for ${theirs}, and this machine is ${mine}`));
  const locked = await made.boxed(['lock']);
  assert.equal(locked.status, 0, locked.text);
  assert.match(locked.stdout, new RegExp(`beside it, as before: Debian bookworm for ${theirs}`));
  const held = JSON.parse(made.read('cargo-boxed.lock')).debian;
  assert.deepEqual(
    held.map(({ architecture }: { architecture: string }) => architecture),
    ['amd64', 'arm64'],
  );
  assert.equal((await made.boxed(['--pinned', 'build'])).status, 0);
  const only = await made.boxed(['lock', '--only']);
  assert.equal(only.status, 0, only.text);
  assert.equal(JSON.parse(made.read('cargo-boxed.lock')).debian.architecture, mine);
});
