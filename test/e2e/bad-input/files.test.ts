import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { plainProgram, project, temporaryFolder } from '../../support/rig.ts';
import { expectProblem } from './expect-problem.ts';

const plain = plainProgram('plain', 'fn main() {}\n');

test('no Cargo.toml', async (context) => {
  const made = project(context, { 'README.md': 'nothing here' });
  expectProblem(await made.boxed(['build']), 66, /Cargo\.toml/);
});

test('broken TOML has its line and column', async (context) => {
  const made = project(context, { ...plain, 'Cargo.toml': '[package]\nname = "plain\n' });
  expectProblem(await made.boxed(['build']), 78, /Cargo\.toml:2:\d+/);
});

test('broken cargo configuration has its line', async (context) => {
  const made = project(context, { ...plain, '.cargo/config.toml': '[build]\njobs = = 2\n' });
  expectProblem(await made.boxed(['build']), 78, /config\.toml:2/);
});

for (const [what, text, ...words] of [
  ['broken YAML', 'engine: [bwrap\n', /cargo-boxed\.yaml:\d+:\d+/],
  ['an unknown key, with the nearest name', 'enviroment: debian\n', /cargo-boxed\.yaml:1:1/, /environment/],
  ['a wrong type, with the allowed values', 'engine: 7\n', /cargo-boxed\.yaml:1:9/, /bwrap/],
  ['a bad unit', 'limits:\n  memory: 4 gigs\n', /cargo-boxed\.yaml:2:\d+/, /GiB/],
  ['a duplicate key', 'engine: bwrap\nengine: docker\n', /cargo-boxed\.yaml:2:1/],
  ['an unknown layer, with the nearest name', 'layers: [opensssl]\n', /cargo-boxed\.yaml:1:\d+/, /openssl/],
] as const) {
  test(`${what} in the configuration`, async (context) => {
    const made = project(context, { ...plain, 'cargo-boxed.yaml': text });
    expectProblem(await made.boxed(['build']), 78, ...(words as readonly RegExp[]));
  });
}

test('a configuration that is not UTF-8', async (context) => {
  const made = project(context, plain);
  made.write('cargo-boxed.yaml', Buffer.from([0x65, 0x6e, 0xff, 0xfe, 0x0a]));
  expectProblem(await made.boxed(['build']), 78, /cargo-boxed\.yaml/, /UTF-8/);
});

test('configuration in two places', async (context) => {
  const made = project(context, { ...plain, 'cargo-boxed.yaml': 'engine: auto\n' });
  made.write('Cargo.toml', `${plain['Cargo.toml']}\n[package.metadata.boxed]\nengine = "auto"\n`);
  expectProblem(await made.boxed(['build']), 78, /cargo-boxed\.yaml/, /Cargo\.toml:6:1/);
});

test('a broken Cargo.lock', async (context) => {
  const made = project(context, { ...plain, 'Cargo.lock': 'version = 4\n[[package]\n' });
  const ended = await made.boxed(['build']);
  assert.ok(ended.status === 65 || ended.status === 101 || ended.status === 78, ended.text);
  expectProblem(ended, ended.status as number, /Cargo\.lock/);
});

test('a broken cargo-boxed.lock', async (context) => {
  const made = project(context, { ...plain, 'cargo-boxed.lock': '{"version": 1, "debian": 7}' });
  expectProblem(await made.boxed(['build']), 78, /cargo-boxed\.lock/, /debian/);
});

for (const name of ['Cargo.lock', 'cargo-boxed.yaml', 'cargo-boxed.lock', 'Cargo.toml']) {
  test(`${name} as a link to a secret file: refused, and nothing of it is shown`, async (context) => {
    const secret = join(temporaryFolder(context, 'secret'), 'key');
    writeFileSync(secret, 'canary-of-a-secret-file\n');
    const made = project(context, plain);
    rmSync(made.path(name), { force: true });
    symlinkSync(secret, made.path(name));
    const ended = await made.boxed(['build']);
    assert.ok(ended.status !== 0 && ended.status !== 101, ended.text);
    expectProblem(ended, ended.status as number, new RegExp(name.replace('.', '\\.')));
    assert.doesNotMatch(ended.text, /canary/);
  });
}

test('a FIFO in the place of the configuration ends in an error and does not wait', async (context) => {
  const made = project(context, plain);
  execFileSync('mkfifo', [made.path('cargo-boxed.yaml')]);
  const ended = await made.boxed(['build'], { limitSeconds: 10 });
  assert.ok(ended.status !== 0 && ended.status !== null, ended.text);
  assert.ok(ended.milliseconds < 3000);
});

test('a workspace member that is not there', async (context) => {
  const made = project(context, { 'Cargo.toml': '[workspace]\nmembers = ["gone"]\n' });
  const ended = await made.boxed(['build']);
  assert.notEqual(ended.status, 0);
  expectProblem(ended, ended.status as number, /gone/);
});

for (const name of [
  'with spaces',
  `quotes'and"more`,
  'colon:comma,semicolon;',
  '-leading-dash',
  'line\nbreak',
  'dollar$(touch x)`y`',
  'übergröße',
]) {
  test(`a project on the path ${JSON.stringify(name)} builds, or is refused by name`, async (context) => {
    const made = project(context, plainProgram('odd', 'fn main() { println!("odd"); }\n'), name);
    const ended = await made.boxed(['run', '--quiet']);
    if (ended.status === 0) assert.equal(ended.stdout, 'odd\n');
    else expectProblem(ended, 78, /path|name/i);
  });
}

test('a project on a path that is not UTF-8 builds, or is refused', async (context) => {
  const parent = temporaryFolder(context, 'bytes');
  const folder = Buffer.concat([Buffer.from(`${parent}/`), Buffer.from([0x62, 0xff, 0x63])]);
  mkdirSync(folder);
  for (const [file, text] of Object.entries(plain)) {
    if (file.startsWith('src/')) mkdirSync(Buffer.concat([folder, Buffer.from('/src')]), { recursive: true });
    writeFileSync(Buffer.concat([folder, Buffer.from(`/${file}`)]), text);
  }
  const made = project(context, plain);
  const script = `cd ${parent}/b*c && exec "$@"`;
  const ended = await made.boxed(['build'], { prefix: ['sh', '-c', script, 'sh'] });
  if (ended.status !== 0) expectProblem(ended, ended.status as number, /UTF-8|path/i);
});
