import assert from 'node:assert/strict';
import { test } from 'node:test';
import { treeCommand } from '../../../src/invocation/tree-command.ts';

function tree(name: string, ...words: readonly string[]): string | null {
  const command = treeCommand({ kind: 'cargo', name, arguments: words, globalArguments: ['--locked'] }, 'F');
  if (command === null) return null;
  const end = ' --prefix depth --format F --color never';
  const text = [...command.globalArguments, command.name, ...command.arguments].join(' ');
  assert.ok(text.endsWith(end), text);
  return text.slice(0, -end.length);
}

test('the same packages and features are listed, and nothing else is handed on', () => {
  const plain = ' --edges normal,build';
  assert.equal(tree('build', '--release', '-j', '2', '--keep-going'), `--locked tree${plain}`);
  assert.equal(
    tree('build', '-p', 'x', '--exclude=y', '--all', '-Fa,b', '--no-default-features', '--profile', 'z'),
    `--locked tree -p x --exclude=y --workspace -Fa,b --no-default-features${plain}`,
  );
  assert.equal(tree('check', '--manifest-path', 'a/Cargo.toml'), `--locked tree --manifest-path a/Cargo.toml${plain}`);
  assert.equal(tree('rustc', '--lib', '--', '-p', 'x'), `--locked tree${plain}`);
});

test('tests and examples have dependencies of their own', () => {
  for (const words of [
    ['test'],
    ['bench', '--no-run'],
    ['build', '--all-targets'],
    ['build', '--example', 'x'],
  ] as const) {
    const [name, ...rest] = words;
    assert.equal(tree(name, ...rest), '--locked tree --edges normal,build,dev');
  }
});

test('what is not clear is not listed', () => {
  assert.equal(tree('build', '-vp', 'x'), null);
});
