import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../../src/config/load-config.ts';
import { asksOf, brief, briefAsks, inputsIn, load, problemsOf, settled } from './config-case.ts';

test('without any source every value is a default', async () => {
  const config = await settled({});
  assert.deepEqual(config.engine, { value: 'auto', origin: { kind: 'default' } });
  assert.equal(config.environment.value, 'debian');
  assert.equal(config.suite.value, 'bookworm');
  assert.equal(config.toolchain.value, 'host');
  assert.equal(config.limits.memoryBytes.value, null);
  assert.equal(config.limits.processes.value, 4096);
  assert.equal(config.export.value, true);
  assert.equal(config.output.value, 'text');
});

test('a stronger source goes before a weaker one, and each value says which it was', async () => {
  const user = 'engine: bwrap\n';
  const project = 'suite: trixie\nengine: docker\n';
  const engine = async (sources: Parameters<typeof settled>[0]) => (await settled(sources)).engine;
  const variables = { CARGO_BOXED_ENGINE: 'auto' };
  assert.deepEqual(await engine({ user }), {
    value: 'bwrap',
    origin: { kind: 'user', file: 'config.yaml', line: 1, column: 9 },
  });
  assert.deepEqual(await engine({ user, project }), {
    value: 'docker',
    origin: { kind: 'project', file: 'cargo-boxed.yaml', line: 2, column: 9 },
  });
  assert.deepEqual(await engine({ user, project, variables }), {
    value: 'auto',
    origin: { kind: 'environment', variable: 'CARGO_BOXED_ENGINE' },
  });
  assert.deepEqual(await engine({ user, project, variables, flags: { engine: 'bwrap' } }), {
    value: 'bwrap',
    origin: { kind: 'flag', flag: '--engine' },
  });
});

test('every key of a file arrives', async () => {
  const project = `
engine: docker
environment: image
image: ghcr.example:5000/team/rust:1.95@sha256:${'a'.repeat(64)}
suite: trixie
layers: [zlib, openssl, zlib]
toolchain: image
project-path: fixed
env:
  set: {RUST_LOG: debug, VERSION: 1.10, FLAG: yes}
limits: {memory: 4GiB, processes: 100, cpus: 1.5, time: 1h30m, silence: 90s, disk: 20GB, files: 1024}
export: false
pinned: true
`;
  const config = await settled({ project });
  assert.deepEqual(config.layers.value, ['openssl', 'zlib']);
  assert.deepEqual(config.env.set.value, { FLAG: 'yes', RUST_LOG: 'debug', VERSION: '1.10' });
  assert.equal(config.limits.memoryBytes.value, 4 * 1024 ** 3);
  assert.equal(config.limits.cpus.value, 1.5);
  assert.equal(config.limits.wallClockMs.value, 5_400_000);
  assert.equal(config.limits.silenceMs.value, 90_000);
  assert.equal(config.limits.diskBytes.value, 20e9);
  assert.equal(config.limits.openFiles.value, 1024);
  assert.equal(config.limits.processes.value, 100);
  assert.equal(config.toolchain.value, 'image');
  assert.equal(config.export.value, false);
  assert.equal(config.pinned.value, true);
});

test("the user's file takes what a project's cannot", async () => {
  const user =
    'snapshot-mirror: http://mirror.example/snapshot\ncolor: never\nverbosity: quiet\nlimits: {memory: none}\n';
  const config = await settled({ user });
  assert.equal(config.snapshotMirror.value, 'http://mirror.example/snapshot');
  assert.equal(config.color.value, 'never');
  assert.equal(config.verbosity.value, 'quiet');
  assert.deepEqual([config.limits.memoryBytes.value, config.limits.memoryBytes.origin.kind], [null, 'user']);
});

test('faults of all sources come back at once, in the order of the sources', async () => {
  const problems = await problemsOf({
    user: 'colour: never\n',
    project: 'engine: dockr\nlimits:\n  memory: 4gb\n  memry: 1\n',
    variables: { CARGO_BOXED_SUITE: 'bulseye' },
    flags: { color: 'on' as 'auto', limits: ['time=3'] },
  });
  assert.deepEqual(brief(problems), [
    'config.yaml:1:1 there is no key `colour`',
    'cargo-boxed.yaml:1:9 `engine` cannot be `dockr`',
    'cargo-boxed.yaml:3:11 `limits.memory` cannot be `4gb`',
    'cargo-boxed.yaml:4:3 there is no key `limits.memry`',
    '`CARGO_BOXED_SUITE` cannot be `bulseye`',
    '`--color` cannot be `on`',
    '`--limit` cannot be `time=3`',
  ]);
  assert.deepEqual(
    problems.map((problem) => problem.code),
    ['config', 'config', 'config', 'config', 'config', 'usage', 'usage'],
  );
  assert.deepEqual(
    problems.slice(0, 5).map((problem) => problem.fix),
    [
      'Did you mean `color`?',
      'Did you mean `docker`?',
      'Did you mean `4GB` or `4GiB`?',
      'Did you mean `memory`?',
      undefined,
    ],
  );
  assert.match(problems[4]?.why ?? '', /bookworm, trixie/);
});

test('a file and a metadata table at once are an error that shows both', async () => {
  const manifest = '[package]\nname = "x"\n\n[package.metadata.boxed]\nengine = "bwrap"\n';
  const [problem, ...more] = await problemsOf({ project: '', manifest });
  assert.deepEqual(more, []);
  assert.deepEqual(problem?.where, { file: 'Cargo.toml', line: 4, column: 1 });
  assert.match(problem?.why ?? '', /cargo-boxed\.yaml/);
  assert.equal((await settled({ manifest })).engine.value, 'bwrap');
});

test('--config FILE stands in the place of the file and of the table', async () => {
  const manifest = '[workspace.metadata.boxed]\nengine = "bwrap"\n';
  const files = { 'other.yaml': 'engine: docker\n' };
  const project = 'not: [valid';
  const named = await settled({ project, manifest, files, flags: { config: 'other.yaml' } });
  assert.deepEqual(named.engine.origin, { kind: 'project', file: 'other.yaml', line: 1, column: 9 });
  const byVariable = await settled({ project, manifest, files, variables: { CARGO_BOXED_CONFIG: 'other.yaml' } });
  assert.equal(byVariable.engine.value, 'docker');
  const missing = await problemsOf({ flags: { config: 'nowhere.yaml' } });
  assert.deepEqual(brief(missing), ['nowhere.yaml there is no file nowhere.yaml']);
  const asking = await asksOf({ files: { 'ask.yaml': 'env: [TOKEN]\n' }, flags: { config: 'ask.yaml' } });
  assert.deepEqual(briefAsks(asking), ['ask.yaml:1:7 env.pass TOKEN']);
});

test('an empty file, a comment and a null are configurations without keys', async () => {
  for (const project of ['', ' \n\n', '# nothing\n', 'null\n', '---\n', '{}\n']) {
    assert.equal((await settled({ project })).engine.origin.kind, 'default', JSON.stringify(project));
  }
});

test('a file with the other ending is not passed over', async () => {
  const project = await problemsOf({ files: { 'cargo-boxed.yml': 'pinned: true\n' } });
  assert.deepEqual(brief(project), ['cargo-boxed.yml cargo-boxed.yml is not read']);
  const user = await problemsOf({ files: { 'config.yml': '' } });
  assert.equal(user[0]?.fix, 'Rename it to config.yaml.');
  assert.ok((await load({ project: '', files: { 'cargo-boxed.yml': 'x' } })).ok, 'the right one is there');
});

test("a link is refused for a project and followed for the user's own file", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cargo-boxed-config-'));
  try {
    writeFileSync(join(folder, 'elsewhere'), 'engine: docker\n');
    const inputs = inputsIn(folder, {});
    symlinkSync('elsewhere', join(folder, 'config.yaml'));
    const user = await loadConfig(inputs);
    assert.ok(user.ok);
    const { origin } = user.value.config.engine;
    assert.deepEqual(origin, { kind: 'user', file: join(folder, 'config.yaml'), line: 1, column: 9 });
    for (const target of ['elsewhere', 'nowhere', '/dev/zero']) {
      rmSync(join(folder, 'cargo-boxed.yaml'), { force: true });
      symlinkSync(target, join(folder, 'cargo-boxed.yaml'));
      const project = await loadConfig(inputs);
      assert.ok(!project.ok);
      assert.match(project.problems[0]?.why ?? '', /symbolic link/);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a wrong encoding is an error with its place', async () => {
  const latin1 = await problemsOf({ project: Buffer.from('engine: docker\n# gr\xfc\xdfe\n', 'latin1') });
  assert.deepEqual(latin1[0]?.where, { file: 'cargo-boxed.yaml', line: 2, column: 5 });
  const utf16 = await problemsOf({ project: Buffer.from('\ufeffengine: docker\n', 'utf16le') });
  assert.deepEqual(utf16[0]?.where, { file: 'cargo-boxed.yaml', line: 1, column: 1 });
  const utf16WithoutMark = await problemsOf({ project: Buffer.from('engine: docker\n', 'utf16le') });
  assert.equal(utf16WithoutMark[0]?.what, 'the character U+0000 cannot be used');
  const mark = Buffer.from('\ufeffengine: dockr\n', 'utf8');
  assert.deepEqual(brief(await problemsOf({ project: mark })), ['cargo-boxed.yaml:1:9 `engine` cannot be `dockr`']);
});

test('an image that is named chooses the image environment, unless the same or a stronger source says another', async () => {
  const environment = async (sources: Parameters<typeof settled>[0]) => (await settled(sources)).environment;
  assert.deepEqual(await environment({ flags: { image: 'rust:1' } }), {
    value: 'image',
    origin: { kind: 'flag', flag: '--image' },
  });
  assert.equal((await environment({ user: 'environment: debian\n', project: 'image: rust\n' })).value, 'image');
  assert.equal((await environment({ project: 'image: rust\nenvironment: debian\n' })).value, 'debian');
  const flags = { environment: 'debian' };
  assert.equal((await environment({ project: 'image: rust\n', flags })).value, 'debian');
});

test('values that contradict each other are told where they were said', async () => {
  assert.deepEqual(brief(await problemsOf({ project: 'environment: image\n' })), [
    'cargo-boxed.yaml:1:14 the image environment has no image',
  ]);
  assert.deepEqual(brief(await problemsOf({ project: '\ntoolchain: image\n' })), [
    'cargo-boxed.yaml:2:12 `toolchain: image` needs the image environment, and this is debian',
  ]);
});

test('a wrong word in a list has the nearest right one, in files, in metadata, in variables and in maps', async () => {
  const fixes = async (sources: Parameters<typeof problemsOf>[0]) =>
    (await problemsOf(sources)).map(({ fix }) => fix ?? '');
  assert.deepEqual(await fixes({ project: 'layers: [openssll]\ndevices: [/dev/kvn]\n' }), [
    'Did you mean `openssl`?',
    'Did you mean `/dev/kvm`?',
  ]);
  const manifest = '[package]\nname = "x"\n\n[package.metadata.boxed]\nlayers = ["sqlit"]\n';
  assert.deepEqual(await fixes({ manifest }), ['Did you mean `sqlite`?']);
  assert.deepEqual(await fixes({ variables: { CARGO_BOXED_LAYER: 'openssl,sqlit' } }), ['Did you mean `sqlite`?']);
  const mounts = 'mounts: [{source: ~/data, target: /data, access: read-wrte}]\n';
  assert.deepEqual(await fixes({ project: mounts }), ['Did you mean `read-write`?']);
});
