import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brief, problemsOf, settled } from './config-case.ts';

test('each form of env is read', async () => {
  const forms = [
    'env: [TOKEN, A=b, EMPTY=, EQUALS=a=b]\n',
    'env:\n  - TOKEN\n  - A=b\n  - EMPTY=\n  - "EQUALS=a=b"\n',
    'env:\n  pass: [TOKEN]\n  set: {A: b, EMPTY: "", EQUALS: a=b}\n',
    'env:\n  pass: [TOKEN]\n  A: b\n  EMPTY: ""\n  EQUALS: a=b\n',
  ];
  for (const user of forms) {
    const { env } = await settled({ user });
    assert.deepEqual(env.pass.value, ['TOKEN'], user);
    assert.deepEqual(env.set.value, { A: 'b', EMPTY: '', EQUALS: 'a=b' }, user);
  }
});

test('a value is the text that stands in the file', async () => {
  const user = 'env: {A: 1.10, B: 0x1F, C: yes, D: true, E: 1e3, F: 007, G: " x ", H: "null"}\n';
  const { env } = await settled({ user });
  assert.deepEqual(env.set.value, {
    A: '1.10',
    B: '0x1F',
    C: 'yes',
    D: 'true',
    E: '1e3',
    F: '007',
    G: ' x ',
    H: 'null',
  });
});

test('values of both files are joined by name, and one that is set does not pass', async () => {
  const user = 'env: {pass: [A, B], set: {C: user, D: user}}\n';
  const { env } = await settled({ user, project: 'env: {B: project, C: project}\n' });
  assert.deepEqual(env.set.value, { B: 'project', C: 'project', D: 'user' });
  assert.deepEqual(env.pass.value, ['A']);
  assert.equal(env.pass.origin.kind, 'user');
  assert.equal(env.set.origin.kind, 'project');
});

test('faults are told where they are', async () => {
  const project = `env:
  pass: [A, 1B, 2]
  set: FOO=bar
  pas: [X]
  PATH: /evil
  CARGO_HOME: /x
  __proto__: y
  A B: z
  EMPTY:
  NUL: "\\0"
  LONG: ${'x'.repeat(70_000)}
`;
  assert.deepEqual(brief(await problemsOf({ project })), [
    'cargo-boxed.yaml:2:13 the value of `env.pass` is wrong',
    'cargo-boxed.yaml:3:8 `env.set` cannot be `FOO=bar`',
    'cargo-boxed.yaml:4:8 the value of `env.set.pas` is wrong',
    'cargo-boxed.yaml:5:3 `PATH` cannot be changed by `env`',
    'cargo-boxed.yaml:6:3 `CARGO_HOME` cannot be changed by `env`',
    'cargo-boxed.yaml:7:3 `__proto__` is no name of a variable',
    'cargo-boxed.yaml:8:3 `A B` is no name of a variable',
    'cargo-boxed.yaml:9:3 the value of `env.set.EMPTY` is wrong',
    'cargo-boxed.yaml:10:8 the value of `env.set.NUL` is wrong',
    'cargo-boxed.yaml:11:9 the value of `env.set.LONG` is wrong',
  ]);
});

test('a variable is there once', async () => {
  assert.deepEqual(brief(await problemsOf({ project: 'env: [A=1, A=2]\n' })), [
    'cargo-boxed.yaml:1:12 `A` is in `env` twice',
  ]);
  assert.deepEqual(brief(await problemsOf({ user: 'env: {pass: [A], set: {A: b}}\n' })), [
    'config.yaml:1:24 `A` is in `env` twice',
  ]);
});

test('an env of another kind says which forms there are', async () => {
  for (const value of ['3', 'FOO=bar', 'true', '']) {
    const [problem] = await problemsOf({ project: `env: ${value}\n` });
    assert.match(problem?.why ?? '', /a list such as .* or a map with `pass` and `set`/, value);
  }
  const [item] = await problemsOf({ project: 'env:\n  - FOO: bar\n' });
  assert.match(item?.why ?? '', /NAME or NAME=value, but this is a map/);
});
