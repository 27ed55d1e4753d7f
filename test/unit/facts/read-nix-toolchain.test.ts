import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { readNixToolchain } from '../../../src/facts/read-nix-toolchain.ts';
import { temporaryFolder } from '../../support/rig.ts';

function read(context: TestContext, file: string | null, override: string | null = null) {
  const folder = join(temporaryFolder(context), 'project');
  mkdirSync(folder, { recursive: true });
  if (file !== null) writeFileSync(join(folder, 'rust-toolchain.toml'), file);
  return readNixToolchain({
    ...{ override, variables: {}, directory: folder, mountRoot: folder },
    architecture: 'x86_64',
  });
}

function value(context: TestContext, file: string | null, override: string | null = null) {
  const found = read(context, file, override);
  assert.ok(found.ok, JSON.stringify(found));
  const { reason: _, ...toolchain } = found.value;
  return toolchain;
}

const standard = { channel: 'stable', profile: 'minimal', components: ['clippy', 'rustfmt'], targets: [] };

test('a project that names none gets stable with what rustup has by default, but for its documentation', (context) => {
  assert.deepEqual(value(context, null), standard);
  assert.deepEqual(value(context, '[toolchain]\ncomponents = ["rust-src"]\n').components, [
    'clippy',
    'rust-src',
    'rustfmt',
  ]);
});

test('a file of rustup is taken at its word; names in full are those of this machine', (context) => {
  const file = `[toolchain]
channel = "nightly-2026-05-15-x86_64-unknown-linux-gnu"
profile = "minimal"
components = ["rustc-dev", "clippy-x86_64-unknown-linux-gnu"]
targets = ["wasm32-unknown-unknown", "x86_64-unknown-linux-gnu"]
`;
  assert.deepEqual(value(context, file), {
    channel: 'nightly-2026-05-15',
    profile: 'minimal',
    components: ['clippy', 'rustc-dev'],
    targets: ['wasm32-unknown-unknown'],
  });
});

test('`+TOOLCHAIN` goes before the file, as in rustup', (context) => {
  assert.deepEqual(value(context, '[toolchain]\nchannel = "1.80"\ncomponents = ["miri"]\n', '1.95.0'), {
    ...standard,
    channel: '1.95.0',
  });
});

test('what is no name of a release, a profile, a component or a target gets no further', (context) => {
  for (const channel of [
    'my-own',
    'stable-2026-01-01',
    'nightly-2026',
    '1.95.0-aarch64-unknown-linux-gnu',
    '$x',
    '1',
  ]) {
    const found = read(context, `[toolchain]\nchannel = ${JSON.stringify(channel)}\n`);
    assert.ok(!found.ok, channel);
    assert.ok(['toolchain'].includes(found.problems[0]?.code ?? ''), channel);
  }
  for (const line of [
    `profile = "$\{builtins.readFile /etc/shadow}"`,
    'profile = "--option"',
    `profile = "${'a'.repeat(65)}"`,
    'components = ["a\\"; b"]',
    'components = ["-x"]',
    'targets = ["../../x"]',
    `targets = [${'"a",'.repeat(101)}]`,
  ]) {
    const found = read(context, `[toolchain]\nchannel = "stable"\n${line}\n`);
    assert.ok(!found.ok, line);
  }
});
