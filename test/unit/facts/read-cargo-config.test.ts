import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { readProjectCargoConfig, readUserCargoConfig } from '../../../src/facts/read-cargo-config.ts';
import { stringAt } from '../../../src/toml/read-table.ts';
import { problemIn, temporaryTree, valueIn } from './temporary-tree.ts';

test('reads from the current folder up to what is mounted, the nearest first', (context) => {
  const root = temporaryTree(context, {
    '.cargo/config.toml': '[build]\ntarget = "outside"\n',
    'p/.cargo/config.toml': '[build]\ntarget = "far"\n[env]\nFAR = "1"\n',
    'p/a/.cargo/config.toml': '[build]\ntarget = "near"\n',
    'p/a/b/': '',
  });
  const config = valueIn(readProjectCargoConfig(join(root, 'p/a/b'), join(root, 'p')));
  assert.equal(stringAt(config.merged, 'build', 'target'), 'near');
  assert.equal(stringAt(config.merged, 'env', 'FAR'), '1');
  assert.deepEqual(
    config.files.map(({ file }) => relative(root, file)),
    ['p/a/.cargo/config.toml', 'p/.cargo/config.toml'],
  );
});

test('takes the older name where both exist', (context) => {
  const root = temporaryTree(context, { '.cargo/config': 'a = "old"', '.cargo/config.toml': 'a = "new"' });
  assert.equal(stringAt(valueIn(readProjectCargoConfig(root, root)).merged, 'a'), 'old');
});

test('reads includes before the file itself, and leaves missing ones to cargo', (context) => {
  const root = temporaryTree(context, {
    '.cargo/config.toml': 'include = ["x.toml", { path = "none.toml", optional = true }]\na = "own"\n',
    '.cargo/x.toml': 'a = "included"\nb = "included"\n',
  });
  const { merged, files } = valueIn(readProjectCargoConfig(root, root));
  assert.equal(stringAt(merged, 'a'), 'own');
  assert.equal(stringAt(merged, 'b'), 'included');
  assert.equal(files.length, 2);
});

test('refuses what leads out of the project', (context) => {
  const outside = temporaryTree(context, { 'config.toml': 'token = "hunter2"', 'x.toml': 'not toml hunter2' });
  const include = temporaryTree(context, { '.cargo/config.toml': `include = ["${outside}/x.toml"]` });
  const folder = temporaryTree(context);
  symlinkSync(outside, join(folder, '.cargo'));
  const file = temporaryTree(context, { '.cargo/': '' });
  symlinkSync(join(outside, 'config.toml'), join(file, '.cargo/config.toml'));
  for (const root of [include, folder, file]) {
    const result = readProjectCargoConfig(root, root);
    assert.equal(problemIn(result).code, 'refused');
    assert.doesNotMatch(JSON.stringify(result), /hunter2/);
  }
});

test('ends where files include each other', (context) => {
  const root = temporaryTree(context, {
    '.cargo/config.toml': 'include = ["x.toml"]',
    '.cargo/x.toml': 'include = ["config.toml"]',
  });
  assert.match(problemIn(readProjectCargoConfig(root, root)).what, /circle/);
});

test('follows links of the user, whose files are their own', (context) => {
  const dotfiles = temporaryTree(context, { 'cargo.toml': '[alias]\nb2 = "build --release"' });
  const home = temporaryTree(context);
  symlinkSync(join(dotfiles, 'cargo.toml'), join(home, 'config.toml'));
  assert.equal(stringAt(valueIn(readUserCargoConfig(home)), 'alias', 'b2'), 'build --release');
  assert.deepEqual(Object.keys(valueIn(readUserCargoConfig(join(home, 'none')))), []);
});
