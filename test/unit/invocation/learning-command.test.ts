import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyCommand } from '../../../src/invocation/classify-command.ts';
import { learningCommand } from '../../../src/invocation/learning-command.ts';

const learning = (name: string, ...words: readonly string[]) => {
  const command = learningCommand(classifyCommand(name, words, {}), { globalArguments: ['--locked'] });
  return command === null ? null : [...command.globalArguments, command.name, ...command.arguments].join(' ');
};

test('the same is built, as much of it as can be, and nothing of it is run', () => {
  assert.equal(learning('b', '--release', '-p', 'x'), '--locked build --release -p x --keep-going');
  assert.equal(learning('run', '--bin', 'x', '--', '--keep-going'), '--locked build --bin x --keep-going');
  assert.equal(learning('test', '--workspace', '--', '--nocapture'), '--locked test --workspace --no-run');
  assert.equal(learning('bench', '--no-run'), '--locked bench --no-run');
  assert.equal(
    learning('clippy', '--all-targets', '--', '-D', 'warnings'),
    '--locked check --all-targets --keep-going',
  );
  assert.equal(learning('rustc', '--lib', '--', '-C', 'x'), '--locked rustc --lib --keep-going -- -C x');
});

test('messages are for people', () => {
  assert.equal(learning('check', '--message-format=json', '-q'), '--locked check -q --keep-going');
  assert.equal(learning('check', '--message-format', 'short', '-q'), '--locked check -q --keep-going');
});

test('what does not build is not built', () => {
  for (const name of ['tree', 'fmt', 'update', 'nextest', 'publish']) assert.equal(learning(name), null, name);
});
