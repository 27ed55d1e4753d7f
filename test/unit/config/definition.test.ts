import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyNames, keys } from '../../../src/config/definition.ts';
import { flagDoors, knownVariables, variableDoors } from '../../../src/config/doors.ts';
import { formatText } from '../../../src/config/format-value.ts';
import { readText } from '../../../src/config/read-value.ts';
import { imageReference, layerName, mirrorUrl } from '../../../src/config/value-type.ts';
import { boxOptions } from '../../../src/invocation/options.ts';
import { brief, problemsOf, settled } from './config-case.ts';

test('every default is a value that the key itself would take', () => {
  for (const name of keyNames) {
    const key = keys[name];
    if (['variables', 'mounts'].includes(key.type.kind) || (key.default === null && key.type.kind === 'text')) continue;
    const text = formatText(key.type, key.default).replace(/^\[(.*)\]$/, '$1');
    assert.deepEqual(readText(key.type, text), { ok: true, value: key.default }, name);
  }
});

test('every option of the command line that has a key writes it, with values that the key knows', () => {
  for (const option of boxOptions) {
    if (option.configKey === null || option.field === 'limits') continue;
    const door = flagDoors.find((candidate) => candidate.field === option.field);
    assert.equal(door?.key, option.configKey, option.field);
    const { type } = keys[door?.key ?? 'engine'];
    if (type.kind === 'choice' && option.kind === 'value') assert.deepEqual(option.allowed, type.values, option.field);
    if (option.kind === 'switch') assert.ok(readText(type, String(option.configValue)).ok, option.field);
  }
});

test('every key but a map can be written by a variable', () => {
  const written = new Set(variableDoors.map((door) => door.key));
  for (const name of keyNames)
    assert.ok(written.has(name) || ['env.set', 'mounts'].includes(name) || name.startsWith('limits.'), name);
  assert.equal(new Set(variableDoors.map((door) => door.name)).size, variableDoors.length);
});

test('every variable has its effect', async () => {
  const variables = {
    CARGO_BOXED_ENGINE: 'docker',
    CARGO_BOXED_ENVIRONMENT: 'image',
    CARGO_BOXED_IMAGE: 'rust:1',
    CARGO_BOXED_SUITE: 'trixie',
    CARGO_BOXED_LAYER: 'zlib, openssl',
    CARGO_BOXED_TOOLCHAIN: 'image',
    CARGO_BOXED_PROJECT_PATH: 'mirror',
    CARGO_BOXED_ENV_PASS: 'B,A',
    CARGO_BOXED_UNWALLED_BUILD_SCRIPTS: 'ort-sys,*',
    CARGO_BOXED_LIMIT: 'memory=4GiB,time=30m time=1h',
    CARGO_BOXED_NO_EXPORT: '1',
    CARGO_BOXED_PINNED: 'true',
    CARGO_BOXED_SNAPSHOT_MIRROR: 'https://mirror.example/a',
    CARGO_BOXED_COLOR: 'always',
    CARGO_BOXED_VERBOSE: '1',
    CARGO_BOXED_QUIET: '',
    CARGO_BOXED_JSON: '1',
    CARGO_BOXED_SOMETHING_ELSE: 'not ours',
  };
  const config = await settled({ variables });
  const { engine, environment, image, suite, layers, toolchain, projectPath, env, limits } = config;
  assert.deepEqual([engine.value, environment.value, image.value], ['docker', 'image', 'rust:1']);
  assert.deepEqual([suite.value, layers.value, toolchain.value], ['trixie', ['openssl', 'zlib'], 'image']);
  assert.deepEqual([projectPath.value, env.pass.value], ['mirror', ['A', 'B']]);
  assert.deepEqual([limits.memoryBytes.value, limits.wallClockMs.value], [4 * 2 ** 30, 3_600_000]);
  assert.deepEqual([config.export.value, config.pinned.value], [false, true]);
  assert.deepEqual(config.export.origin, { kind: 'environment', variable: 'CARGO_BOXED_NO_EXPORT' });
  assert.deepEqual(config.unwalledBuildScripts.value, ['*', 'ort-sys']);
  assert.equal(config.snapshotMirror.value, 'https://mirror.example/a');
  assert.deepEqual([config.color.value, config.verbosity.value, config.output.value], ['always', 'verbose', 'json']);
  assert.deepEqual(limits.memoryBytes.origin, { kind: 'environment', variable: 'CARGO_BOXED_LIMIT' });
});

test('a bad variable and a misspelt one are errors that name it', async () => {
  const variables = {
    CARGO_BOXED_ENGINE: 'podman',
    CARGO_BOXED_PINNED: 'maybe',
    CARGO_BOXED_JSON: 'yes',
    CARGO_BOXED_LIMIT: 'memory=4gb,cpu=1,time',
    CARGO_BOXED_ENVIROMENT: 'image',
    CARGO_BOXED_EXPORT: 'true',
    CARGO_BOXED_NO_EXPORT: '1',
  };
  const problems = await problemsOf({ variables });
  assert.deepEqual(brief(problems), [
    '`CARGO_BOXED_ENGINE` cannot be `podman`',
    '`CARGO_BOXED_PINNED` cannot be `maybe`',
    '`CARGO_BOXED_JSON` cannot be `yes`',
    '`CARGO_BOXED_NO_EXPORT` and `CARGO_BOXED_EXPORT` contradict each other',
    '`CARGO_BOXED_LIMIT` cannot be `memory=4gb`',
    '`CARGO_BOXED_LIMIT` cannot be `cpu=1`',
    '`CARGO_BOXED_LIMIT` cannot be `time`',
    'there is no variable `CARGO_BOXED_ENVIROMENT`',
  ]);
  assert.equal(problems.at(-1)?.fix, 'Did you mean `CARGO_BOXED_ENVIRONMENT`? Else unset it.');
});

test('a switch that is off says nothing, an answer says what it says', async () => {
  const variables = { CARGO_BOXED_NO_EXPORT: '0', CARGO_BOXED_QUIET: 'false', CARGO_BOXED_PINNED: '0' };
  const config = await settled({ project: 'export: false\npinned: true\n', user: 'verbosity: quiet\n', variables });
  assert.deepEqual([config.export.value, config.verbosity.value, config.pinned.value], [false, 'quiet', false]);
});

test('flags have their effect, and contradict each other aloud', async () => {
  const flags = { noExport: true, pinned: true, json: true, verbose: true, limits: ['time=1m', 'time=none'] } as const;
  const config = await settled({ flags, user: 'limits: {time: 5m}\n' });
  assert.deepEqual([config.export.value, config.pinned.value, config.output.value], [false, true, 'json']);
  assert.deepEqual(config.limits.wallClockMs, { value: null, origin: { kind: 'flag', flag: '--limit' } });
  const [problem] = await problemsOf({ flags: { quiet: true, verbose: true } });
  assert.equal(problem?.what, '`--quiet` and `--verbose` contradict each other');
  assert.equal(problem?.code, 'usage');
});

test('known variables are ours', () => {
  for (const name of knownVariables) assert.match(name, /^CARGO_BOXED_[A-Z_]+$/);
  assert.ok(knownVariables.includes('CARGO_BOXED_HOME') && knownVariables.includes('CARGO_BOXED_LIMIT'));
});

test('texts have the form that their place needs', () => {
  const images = ['rust', 'rust:1-bookworm', 'a/b/c', 'localhost:5000/x', '[::1]:5000/x', `r@sha256:${'0'.repeat(64)}`];
  for (const image of images) assert.match(image, imageReference.pattern);
  for (const image of [
    '',
    '--privileged',
    '-v',
    'a b',
    'https://a/b',
    'Rust',
    'a:',
    'a@sha256:1',
    '/a',
    'a\n',
    '../a',
  ]) {
    assert.doesNotMatch(image, imageReference.pattern);
  }
  for (const layer of ['', '-o', 'A', 'a b', '../x', 'a/b']) assert.doesNotMatch(layer, layerName.pattern);
  for (const url of ['file:///etc', 'http://', 'http://u:p@h/', 'http://h/?q', 'http://h/#x', 'http://h/a b', '-x']) {
    assert.doesNotMatch(url, mirrorUrl.pattern);
  }
});
