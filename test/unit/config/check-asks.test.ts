import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brief, load, problemsOf, settled } from './config-case.ts';

test('what widens the box is refused by name, place and remedy', async () => {
  const project = `env:
  pass: [DATABASE_URL, HOME_TOKEN]
project-path: mirror
limits:
  processes: 9999
  memory: none
`;
  const problems = await problemsOf({ project });
  assert.deepEqual(brief(problems), [
    'cargo-boxed.yaml:3:15 the project asks for `project-path: mirror`',
    "cargo-boxed.yaml:2:10 the project asks for the host's variable `DATABASE_URL`",
    "cargo-boxed.yaml:2:24 the project asks for the host's variable `HOME_TOKEN`",
    'cargo-boxed.yaml:6:11 the project asks for a weaker limit, `limits.memory: none`',
    'cargo-boxed.yaml:5:14 the project asks for a weaker limit, `limits.processes: 9999`',
  ]);
  assert.ok(problems.every((problem) => problem.code === 'refused'));
  assert.deepEqual(
    problems.map((problem) => problem.fix),
    [
      'If you want it, write `project-path: mirror` into config.yaml.',
      'If you want it, write `env: {pass: [DATABASE_URL]}` into config.yaml.',
      'If you want it, write `env: {pass: [HOME_TOKEN]}` into config.yaml.',
      'If you want it, write `limits: {memory: none}` into config.yaml.',
      'If you want it, write `limits: {processes: 9999}` into config.yaml.',
    ],
  );
});

test("what the user's own file allows is no ask, and a project may take less of it", async () => {
  const user = 'env: [A, B]\nproject-path: mirror\nlimits: {processes: 9999, memory: none, time: 1h}\n';
  const same = 'env: [A]\nproject-path: mirror\nlimits: {processes: 9999, memory: none, time: 1h}\n';
  const config = await settled({ user, project: same });
  assert.deepEqual(config.env.pass.value, ['A']);
  const less = await settled({
    user,
    project: 'limits: {processes: 10, memory: 1GiB, time: 1s}\nproject-path: fixed\n',
  });
  assert.equal(less.limits.processes.value, 10);
  assert.deepEqual(less.env.pass.value, ['A', 'B']);
  const more = await problemsOf({ user, project: 'limits: {time: 2h}\nenv: [C]\n' });
  assert.equal(more.length, 2);
});

test('what the call itself says is no ask of the project', async () => {
  const project = 'limits: {processes: 9999}\nenv: [TOKEN]\n';
  const flags = { limits: ['processes=5000'] };
  const config = await settled({ project, flags, variables: { CARGO_BOXED_ENV_PASS: 'TOKEN' } });
  assert.equal(config.limits.processes.value, 5000);
  assert.deepEqual(config.env.pass, {
    value: ['TOKEN'],
    origin: { kind: 'environment', variable: 'CARGO_BOXED_ENV_PASS' },
  });
});

test('a project narrows freely', async () => {
  const project =
    'limits: {processes: 10, memory: 1GiB, cpus: 1, time: 1m, silence: none}\nexport: false\npinned: true\nenv: []\n';
  assert.ok((await load({ project })).ok);
});

test('a project cannot undo what the user tightened', async () => {
  const user = 'pinned: true\nexport: false\nlimits: {time: 10m}\n';
  const problems = await problemsOf({ user, project: 'pinned: false\nexport: true\nlimits: {time: none}\n' });
  assert.deepEqual(
    problems.map((problem) => problem.what),
    [
      'the project asks for a weaker limit, `limits.time: none`',
      'the project asks for `export: true`',
      'the project asks for `pinned: false`',
    ],
  );
});

test("a key of the user's own is refused in a project's file and table", async () => {
  const yaml = await problemsOf({ project: 'snapshot-mirror: http://mirror.example\ncolor: never\n' });
  assert.deepEqual(brief(yaml), [
    'cargo-boxed.yaml:1:1 a project cannot set `snapshot-mirror`',
    'cargo-boxed.yaml:2:1 a project cannot set `color`',
  ]);
  assert.ok(yaml.every((problem) => problem.code === 'refused' && problem.fix?.includes('your own configuration')));
  const toml = await problemsOf({
    manifest: '[workspace.metadata.boxed]\nsnapshot-mirror = "http://mirror.example"\n',
  });
  assert.deepEqual(toml[0]?.where, { file: 'Cargo.toml', line: 2, column: 1 });
});

test('asks of a metadata table have their place too', async () => {
  const manifest =
    '[package.metadata.boxed]\nenv = [\n  "A=1",\n  "TOKEN",\n]\n[package.metadata.boxed.limits]\nprocesses = 5_000\n';
  assert.deepEqual(brief(await problemsOf({ manifest })), [
    "Cargo.toml:4:3 the project asks for the host's variable `TOKEN`",
    'Cargo.toml:7:13 the project asks for a weaker limit, `limits.processes: 5000`',
  ]);
});
