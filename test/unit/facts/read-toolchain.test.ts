import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cpuMilliseconds } from './cpu-time.ts';
import { addToolchain, host, readIn, stable, temporaryRustup } from './temporary-toolchain.ts';
import { addFiles, problemIn, problemsIn, temporaryTree, valueIn } from './temporary-tree.ts';

test('reads the default toolchain', (context) => {
  const { root } = temporaryRustup(context);
  const toolchain = valueIn(readIn(root));
  const path = join(root, 'rustup/toolchains', stable);
  const manifest = readFileSync(join(path, 'lib/rustlib/multirust-channel-manifest.toml'));
  assert.deepEqual(toolchain, {
    name: stable,
    path,
    version: '1.95.0',
    host,
    manifestSha256: createHash('sha256').update(manifest).digest('hex'),
    components: [`cargo-${host}`, `clippy-preview-${host}`, 'rust-src', `rust-std-${host}`, `rustc-${host}`],
    targets: [host],
    reason: "rustup's default",
  });
});

test('chooses in the order of rustup', (context) => {
  const { root, project } = temporaryRustup(context);
  for (const name of ['1.80.0', '1.81.0', '1.82.0', '1.83.0', '1.84.0']) addToolchain(root, `${name}-${host}`);
  const chosen = (more = {}) => valueIn(readIn(root, more)).name;
  assert.equal(chosen(), stable);
  addFiles(root, { 'rust-toolchain': '1.80.0\n' });
  assert.equal(chosen(), `1.80.0-${host}`);
  addFiles(root, { 'project/rust-toolchain.toml': '[toolchain]\nchannel = "1.81.0"' });
  assert.equal(chosen(), `1.81.0-${host}`);
  const settings = `default_toolchain = "stable"\n[overrides]\n"${project}" = "1.82.0-${host}"\n"${root}" = "stable"`;
  addFiles(root, { 'rustup/settings.toml': settings });
  assert.equal(chosen(), `1.82.0-${host}`);
  assert.equal(chosen({ variables: { RUSTUP_TOOLCHAIN: '1.83.0' } }), `1.83.0-${host}`);
  assert.equal(chosen({ variables: { RUSTUP_TOOLCHAIN: '' } }), `1.82.0-${host}`);
  assert.equal(chosen({ variables: { RUSTUP_TOOLCHAIN: '1.83.0' }, override: '1.84.0' }), `1.84.0-${host}`);
});

test('takes the older file name where both exist, as plain text or TOML', (context) => {
  const { root } = temporaryRustup(context);
  addToolchain(root, `1.80.0-${host}`);
  addFiles(root, { 'project/rust-toolchain': '[toolchain]\nchannel = "1.80.0"\n', 'project/rust-toolchain.toml': 'x' });
  assert.equal(valueIn(readIn(root)).name, `1.80.0-${host}`);
  addFiles(root, { 'project/rust-toolchain': '  1.80.0  \r\n' });
  assert.equal(valueIn(readIn(root)).name, `1.80.0-${host}`);
});

test('takes the default for a file that asks only for components', (context) => {
  const { root, project } = temporaryRustup(context);
  addFiles(root, {
    'project/rust-toolchain.toml': '[toolchain]\ncomponents = ["clippy", "rust-src"]\nprofile = "minimal"',
  });
  const toolchain = valueIn(readIn(root));
  assert.equal(toolchain.name, stable);
  assert.equal(toolchain.reason, join(project, 'rust-toolchain.toml'));
});

test('refuses a toolchain by path, and says where', (context) => {
  const { root, project } = temporaryRustup(context);
  addFiles(root, { 'project/rust-toolchain.toml': '[toolchain]\npath = "/tmp/evil"' });
  const problem = problemIn(readIn(root));
  assert.equal(problem.code, 'refused');
  assert.deepEqual(problem.where, { file: join(project, 'rust-toolchain.toml'), line: 2, column: 8 });
});

test('gives the command that brings a missing toolchain, component or target', (context) => {
  const { root, project } = temporaryRustup(context);
  const file = '[toolchain]\nchannel = "stable"\ncomponents = ["miri", "clippy"]\ntargets = ["wasm32-unknown-unknown"]';
  addFiles(root, { 'project/rust-toolchain.toml': file });
  const problems = problemsIn(readIn(root));
  assert.deepEqual(
    problems.map(({ fix }) => fix),
    [
      'Run `rustup component add miri --toolchain stable`.',
      'Run `rustup target add wasm32-unknown-unknown --toolchain stable`.',
    ],
  );
  assert.deepEqual(problems[1]?.where, { file: join(project, 'rust-toolchain.toml'), line: 4, column: 12 });
  addFiles(root, { 'project/rust-toolchain.toml': file.replace('"stable"', '"1.70"') });
  assert.equal(
    problemIn(readIn(root)).fix,
    'Run `rustup toolchain install 1.70 --component miri --component clippy --target wasm32-unknown-unknown`.',
  );
  assert.equal(problemIn(readIn(root, { override: 'nightly' })).code, 'toolchain');
  assert.match(problemIn(readIn(root, { override: 'mine' })).fix ?? '', /rustup toolchain link mine PATH/);
});

test('says so where there is no rustup or no default', (context) => {
  const root = temporaryTree(context, { 'project/sub/': '' });
  assert.match(problemIn(readIn(root)).fix ?? '', /rustup default stable/);
});

test('says so where a toolchain has no cargo', (context) => {
  const { root } = temporaryRustup(context);
  rmSync(join(root, 'rustup/toolchains', stable, 'bin/cargo'));
  assert.match(problemIn(readIn(root)).fix ?? '', /rustup component add cargo --toolchain/);
});

test('reads a linked toolchain, which has no channel manifest', (context) => {
  const { root } = temporaryRustup(context);
  addFiles(root, { 'built/bin/cargo': 'c', 'built/bin/rustc': 'r', [`built/lib/rustlib/${host}/lib/core.rlib`]: 'x' });
  symlinkSync(join(root, 'built'), join(root, 'rustup/toolchains/mine'));
  const first = valueIn(readIn(root, { override: 'mine' }));
  assert.deepEqual([first.path, first.version, first.host], [join(root, 'built'), 'unknown', host]);
  assert.deepEqual([first.components, first.targets], [[], [host]]);
  assert.equal(valueIn(readIn(root, { override: 'mine' })).manifestSha256, first.manifestSha256);
  addFiles(root, { 'built/bin/rustc': 'rebuilt' });
  assert.notEqual(valueIn(readIn(root, { override: 'mine' })).manifestSha256, first.manifestSha256);
});

test('reads the version of a nightly, and none from a manifest without it', (context) => {
  const { root } = temporaryRustup(context);
  addToolchain(root, `nightly-${host}`, '1.97.0-nightly (4d1f98451 2026-05-15)');
  addToolchain(root, `beta-${host}`, 'hm');
  assert.equal(valueIn(readIn(root, { override: 'nightly' })).version, '1.97.0-nightly');
  assert.equal(valueIn(readIn(root, { override: 'beta' })).version, 'hm');
});

test('shows nothing of a file that is not what it should be', (context) => {
  const outside = temporaryTree(context, { secret: 'hunter2 line\n' });
  const contents: Readonly<Record<string, string>> = {
    'rust-toolchain': 'hunter2 is a password\n',
    'rust-toolchain.toml': 'hunter2',
  };
  for (const [name, content] of Object.entries(contents)) {
    const { root } = temporaryRustup(context);
    addFiles(root, { [`project/${name}`]: content });
    assert.doesNotMatch(JSON.stringify(problemIn(readIn(root))), /hunter2/);
    const { root: linked, project } = temporaryRustup(context);
    symlinkSync(join(outside, 'secret'), join(project, name));
    assert.equal(problemIn(readIn(linked)).code, 'refused');
    assert.doesNotMatch(JSON.stringify(readIn(linked)), /hunter2/);
  }
});

test('follows a toolchain file that is linked within the project', (context) => {
  const { root, project } = temporaryRustup(context);
  addFiles(root, { 'project/rust-toolchain.toml': '[toolchain]\nchannel = "stable"' });
  symlinkSync('../rust-toolchain.toml', join(project, 'sub/rust-toolchain.toml'));
  assert.equal(valueIn(readIn(root)).reason, join(project, 'sub/rust-toolchain.toml'));
});

test('refuses names that are paths, options or shell text, and what is no file', (context) => {
  for (const channel of ['../evil', '-x', '$(x)', '/abs/path', 'a;b']) {
    const { root } = temporaryRustup(context);
    addFiles(root, { 'project/rust-toolchain.toml': `[toolchain]\nchannel = "${channel}"` });
    assert.equal(problemIn(readIn(root)).code, 'toolchain');
    assert.equal(problemIn(readIn(root, { override: channel })).code, 'toolchain');
  }
  for (const key of ['components', 'targets']) {
    const { root } = temporaryRustup(context);
    addFiles(root, { 'project/rust-toolchain.toml': `[toolchain]\n${key} = ["x; rm -rf ~"]` });
    assert.equal(problemIn(readIn(root)).code, 'toolchain');
  }
  const { root, project } = temporaryRustup(context);
  execFileSync('mkfifo', [join(project, 'rust-toolchain')]);
  assert.equal(problemIn(readIn(root)).code, 'path');
});

test('is cheap, with a channel manifest of the usual size', (context) => {
  const { root } = temporaryRustup(context);
  const manifest = `manifest-version = "2"\n${'x = "0123456789abcdef"\n'.repeat(45_000)}\n[pkg.rustc]\nversion = "1.95.0 (x)"\n`;
  addFiles(root, { [`rustup/toolchains/${stable}/lib/rustlib/multirust-channel-manifest.toml`]: manifest });
  assert.equal(valueIn(readIn(root)).version, '1.95.0');
  assert.ok(cpuMilliseconds(() => readIn(root)) < 30);
});
