import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAliases } from '../../../src/invocation/read-aliases.ts';
import { unknownCommand } from '../../../src/invocation/unknown-command.ts';

test('texts are split and lists taken as they are, the first table first', () => {
  const project = { alias: { xtask: 'run  --package xtask --', ci: ['test', 'a b'], bad: 3, mixed: ['a', 1] } };
  const user = { alias: { xtask: 'build', mine: 'check', bad: 'tree' } };
  assert.deepEqual(
    { ...readAliases([project, user]) },
    { xtask: ['run', '--package', 'xtask', '--'], ci: ['test', 'a b'], mine: ['check'], bad: ['tree'] },
  );
});

test('what is no table has no aliases', () => {
  for (const alias of ['x', 1, true, ['a'], new Date(0)]) assert.deepEqual({ ...readAliases([{ alias }]) }, {});
  assert.deepEqual({ ...readAliases([{}]) }, {});
});

test('an alias may have any name', () => {
  const hostile = JSON.parse('{"alias":{"__proto__":"build","constructor":"check"}}');
  const aliases = readAliases([hostile]);
  assert.deepEqual(Object.keys(aliases), ['__proto__', 'constructor']);
  assert.equal(Object.hasOwn(Object.prototype, 'build'), false);
});

test('an unknown command names the nearest, of all kinds', () => {
  assert.match(unknownCommand('biuld').fix ?? '', /cargo-boxed build/);
  assert.match(unknownCommand('stauts').fix ?? '', /cargo-boxed status/);
  assert.match(unknownCommand('xtaks', { xtask: ['run'] }).fix ?? '', /cargo-boxed xtask/);
  assert.match(unknownCommand('nexttest', {}, ['nextest']).fix ?? '', /cargo-boxed nextest/);
  assert.match(unknownCommand('x;`ie`', { 'x;`id`': ['run'] }).fix ?? '', /cargo-boxed 'x;`id`'`/);
  assert.match(unknownCommand('qqqqqqqq').fix ?? '', /--help/);
  assert.equal(unknownCommand('x').code, 'no-such-command');
  assert.equal(unknownCommand('\u001b[2J').what.includes('\u001b'), false);
});

test('aliases of the environment win, and are found under either spelling', () => {
  const variables = { CARGO_ALIAS_MY_TASK: 'run  --quiet', CARGO_ALIAS_: 'x', CARGO_ALIAS_lower: 'x', OTHER: 'x' };
  const aliases = readAliases([{ alias: { 'my-task': 'build', other: 'check' } }], variables);
  assert.deepEqual({ ...aliases }, { 'my-task': ['run', '--quiet'], my_task: ['run', '--quiet'], other: ['check'] });
});
