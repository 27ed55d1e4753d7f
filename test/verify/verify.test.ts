import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Ended, engine, fixture, plainProgram, project, sharedHome } from '../support/rig.ts';

interface Found {
  readonly equal: boolean;
  readonly builds: number;
  readonly varied: readonly string[];
  readonly notVaried: Readonly<Record<string, string>>;
  readonly artifacts: readonly { readonly path: string; readonly equal: boolean }[];
  readonly differences: readonly {
    readonly artifact: string;
    readonly parts: readonly { readonly name: string }[];
    readonly crates: readonly { readonly crate: string; readonly by: string }[];
    readonly causes: readonly { readonly cause: string; readonly evidence: { readonly kind: string } }[];
  }[];
}

function found(ended: Ended): Found {
  return JSON.parse(ended.stdout) as Found;
}

/** Each program of the project with what is to be found of it. */
const expected = {
  'asks-the-locale': 'locale only-this-varied build-script',
  'asks-the-time-zone': 'time-zone only-this-varied build-script',
  'counts-jobs': 'jobs only-this-varied build-script',
  'counts-processors': 'cpus only-this-varied build-script',
  'draws-a-number': 'randomness same-box-twice build-script',
  'hashes-in-any-order': 'randomness same-box-twice build-script',
  'lists-in-any-order': 'file-order only-this-varied build-script',
  'names-its-home': 'home bytes compilation',
  'names-its-host': 'host-name bytes build-script',
  'names-its-path': 'project-path bytes compilation',
  'names-its-target': 'target-path bytes build-script',
  'names-its-user': 'user bytes build-script',
  'reads-the-umask': 'umask only-this-varied build-script',
  'writes-the-date': 'clock bytes build-script',
  'writes-the-time': 'clock bytes build-script',
} as const;

test('of a project that is not reproducible in every way, each way is named with its crate', async (context) => {
  const made = fixture(context, 'not-reproducible');
  const ended = await made.boxed(['verify', '--json', 'build', '--release'], { limitSeconds: 400 });
  assert.equal(ended.status, 1, ended.text);
  const result = found(ended);
  assert.equal(result.equal, false);
  assert.deepEqual(
    result.artifacts.filter(({ equal }) => equal).map(({ path }) => path),
    ['release/steady'],
  );
  const said = result.differences.map(({ artifact, crates, causes }) => {
    const name = artifact.slice('release/'.length);
    assert.deepEqual(
      crates.map(({ crate }) => crate),
      [name],
    );
    return [name, [...causes.map(({ cause, evidence }) => `${cause} ${evidence.kind}`), crates[0]?.by].join(' ')];
  });
  assert.deepEqual(Object.fromEntries(said), expected);
  for (const { artifact, parts } of result.differences)
    assert.ok(
      parts.some(({ name }) => name === '.rodata' || name === '.text'),
      artifact,
    );
  assert.equal('user' in result.notVaried, engine === 'docker');
  const described = await made.boxed(['schema', 'verify']);
  const check = new Ajv2020().compile(JSON.parse(described.stdout));
  assert.ok(check(result), JSON.stringify(check.errors));
  assert.ok(!readdirSync(made.path('.')).includes('target'), 'nothing is exported');
  const left = readdirSync(join(sharedHome, 'cache/targets')).filter((name) => name.startsWith('not-reproducible-'));
  for (const name of left)
    assert.deepEqual(
      readdirSync(join(sharedHome, 'cache/targets', name)).filter((file) => file !== 'project.json'),
      [],
    );
});

test('a build that fails ends as cargo ends, and nothing but build is verified', async (context) => {
  const made = project(context, plainProgram('broken', 'fn main() { nowhere() }\n'));
  const ended = await made.boxed(['verify', 'build']);
  assert.equal(ended.status, 101, ended.text);
  assert.match(ended.stderr, /cannot find function `nowhere`/);
  assert.equal(ended.stdout, '');
  for (const words of [
    ['verify', 'test'],
    ['verify', 'exec', '--', 'true'],
    ['verify', 'plan'],
  ]) {
    const refused = await made.boxed(words);
    assert.equal(refused.status, 64, refused.text);
    assert.match(refused.stderr, /verify build/);
  }
  const unknown = await made.boxed(['schema', 'nothing']);
  assert.equal(unknown.status, 64, unknown.text);
});

test('a build that fails in the other box alone is said to do so', async (context) => {
  const made = project(context, {
    ...plainProgram('picky', 'fn main() {}\n'),
    'build.rs': 'fn main() { assert_ne!(std::env::var("USER").unwrap(), "somebody-else"); }\n',
  });
  const ended = await made.boxed(['verify', 'build']);
  assert.equal(ended.status, 101, ended.text);
  assert.match(ended.stderr, /failed in the second/);
});
