import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { expandMembers } from '../../../src/facts/expand-members.ts';
import { manifestReader } from '../../../src/facts/read-manifest.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import { addFiles, problemIn, temporaryTree, valueIn } from './temporary-tree.ts';

function treeOf(context: TestContext) {
  return temporaryTree(context, {
    'Cargo.toml': '[workspace]\nmembers = ["pattern"]\n',
    'crates/a/Cargo.toml': '',
    'crates/b/Cargo.toml': '',
    'crates/file.txt': '',
    'crates/n/deep/Cargo.toml': '',
  });
}

function expand(root: string, patterns: readonly string[]) {
  const manifest = valueIn(manifestReader()(root, root));
  assert.ok(manifest !== null);
  return expandMembers(manifest, patterns, root);
}

function foldersOf(root: string, ...patterns: readonly string[]) {
  return valueIn(expand(root, patterns))
    .map(({ folder }) => relative(root, folder))
    .sort();
}

test('reads globs as cargo does', (context) => {
  const root = treeOf(context);
  assert.deepEqual(foldersOf(root, 'crates/*'), ['crates/a', 'crates/b', 'crates/n']);
  assert.deepEqual(foldersOf(root, 'crates/[!n]'), ['crates/a', 'crates/b']);
  assert.deepEqual(foldersOf(root, '**/deep'), ['crates/n/deep']);
  assert.deepEqual(foldersOf(root, './crates//a/../?'), ['crates/a', 'crates/b', 'crates/n']);
  assert.deepEqual(foldersOf(root, 'crates/**/**/deep'), ['crates/n/deep']);
});

test('keeps a glob that matches nothing as a name, which cargo then misses', (context) => {
  const root = treeOf(context);
  assert.deepEqual(
    valueIn(expand(root, ['none/*'])).map(({ by }) => by),
    ['name'],
  );
  assert.deepEqual(foldersOf(root, '{crates,other}/*'), ['{crates,other}/*']);
});

test('says where a glob is wrong', (context) => {
  const root = treeOf(context);
  addFiles(root, { 'Cargo.toml': '[workspace]\nmembers = ["c**/a"]\n' });
  const problem = problemIn(expand(root, ['c**/a']));
  assert.deepEqual(problem.where, { file: join(root, 'Cargo.toml'), line: 2, column: 12 });
});

test('comes back from links that lead in a circle', (context) => {
  const root = treeOf(context);
  symlinkSync('..', join(root, 'crates/up'));
  symlinkSync('self', join(root, 'crates/self'));
  symlinkSync('/', join(root, 'crates/outside'));
  assert.deepEqual(foldersOf(root, '**/deep'), ['crates/n/deep']);
});

test('looks at nothing outside of what is mounted', (context) => {
  const outside = temporaryTree(context, { 'secret/Cargo.toml': '' });
  const root = treeOf(context);
  symlinkSync(outside, join(root, 'link'));
  assert.deepEqual(foldersOf(root, 'link/*'), ['link/*']);
  assert.deepEqual(foldersOf(root, `${outside}/*`), [relative(root, join(outside, '*'))]);
});

test('ends with a problem where globs look at too much', (context) => {
  const root = treeOf(context);
  addFiles(root, Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`many/${index}/x/`, ''])));
  const patterns = Array.from({ length: 2000 }, (_, index) => `many/**/${index}*`);
  const spent = cpuMilliseconds(() => assert.match(problemIn(expand(root, patterns)).what, /match too much/));
  assert.ok(spent < 2000);
});
