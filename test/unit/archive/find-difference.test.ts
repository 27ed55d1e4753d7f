import assert from 'node:assert/strict';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findDifference } from '../../../src/archive/find-difference.ts';

function twoFolders(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'boxed-difference-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const [base, made] = [join(folder, 'base'), join(folder, 'made')];
  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const name of ['a/same', 'a/changed', 'a/deep/gone', 'b/untouched/x', 'gone/x', 'c'])
    write(join(base, name), name);
  for (const name of ['a/same', 'b/untouched/x']) {
    mkdirSync(dirname(join(made, name)), { recursive: true });
    linkSync(join(base, name), join(made, name));
  }
  write(join(made, 'a/changed'), 'a/changed');
  mkdirSync(join(made, 'a/deep'));
  write(join(made, 'c/now-a-folder'), '');
  symlinkSync('nowhere', join(base, 'link'));
  symlinkSync('nowhere', join(made, 'link'));
  return { base, made };
}

test('what is one file in both is equal; all else is changed, with the folders it lies in', (context) => {
  const { base, made } = twoFolders(context);
  const { changed, gone } = findDifference(base, made);
  assert.deepEqual([...changed].sort(), ['a', 'a/changed', 'a/deep', 'c', 'c/now-a-folder']);
  assert.deepEqual(gone, ['a/deep/gone', 'gone']);
});

test('a folder with another mode, and a link that leads elsewhere', (context) => {
  const { base, made } = twoFolders(context);
  chmodSync(join(made, 'b/untouched'), 0o700);
  rmSync(join(made, 'link'));
  symlinkSync('elsewhere', join(made, 'link'));
  const { changed } = findDifference(base, made);
  assert.deepEqual([...changed].sort(), [
    'a',
    'a/changed',
    'a/deep',
    'b',
    'b/untouched',
    'c',
    'c/now-a-folder',
    'link',
  ]);
});
