import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { outsidePaths } from '../../../src/facts/outside-paths.ts';
import { readProject } from '../../../src/facts/read-project.ts';
import { skeletonFiles } from '../../../src/fetch/skeleton-files.ts';
import { temporaryTree } from './temporary-tree.ts';

const manifest = (name: string, dependencies: readonly string[] = []) =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\n[dependencies]\n${dependencies.map((path, index) => `d${index} = { path = "${path}" }\n`).join('')}`;

const read = (directory: string, granted: readonly string[] = [], home = '/nonexistent-home') =>
  readProject({
    directory,
    manifestPath: null,
    homeDirectory: home,
    cargoHome: join(home, '.cargo'),
    grantedOutside: new Set(granted),
  });

test('a folder beside the project is asked for, and not looked at before it is granted', (context) => {
  const root = temporaryTree(context, {
    'app/Cargo.toml': manifest('app', ['../lib', '../lib/sub']),
    'lib/Cargo.toml': 'hunter2 is not TOML',
  });
  mkdirSync(join(root, 'lib/sub'));
  const project = read(join(root, 'app'));
  assert.ok(project.ok, JSON.stringify(project));
  assert.deepEqual(
    project.value.outside.map(({ path, granted }) => `${path} ${granted}`),
    ['../lib false', '../lib/sub false'],
  );
  assert.deepEqual(outsidePaths(project.value), []);
  assert.equal(project.value.outside[0]?.where.file, join(root, 'app/Cargo.toml'));
  assert.equal(project.value.manifests.length, 1);
  assert.ok(!read(join(root, 'app'), ['../lib']).ok, 'a granted one is read');
});

test('what is granted is read with all that lies in it, and asks further by itself', (context) => {
  const root = temporaryTree(context, {
    'app/Cargo.toml': manifest('app', ['../lib']),
    'lib/Cargo.toml': manifest('lib', ['sub', '../more', '../app/inner']),
    'lib/sub/Cargo.toml': manifest('sub'),
    'app/inner/Cargo.toml': manifest('inner'),
    'more/Cargo.toml': 'hunter2 is not TOML',
  });
  const project = read(join(root, 'app'), ['../lib']);
  assert.ok(project.ok, JSON.stringify(project));
  assert.deepEqual(
    project.value.manifests.map(({ folder }) => folder),
    ['', 'inner', '../lib', '../lib/sub'],
  );
  assert.deepEqual(outsidePaths(project.value), ['../lib']);
  assert.deepEqual(
    project.value.outside.filter(({ granted }) => !granted).map(({ path }) => path),
    ['../more'],
  );
  const files = skeletonFiles(project.value, {}).map(({ path }) => path);
  assert.ok(files.includes('../lib/Cargo.toml') && files.includes('../lib/sub/src/lib.rs'));
  for (const path of files) assert.match(path, /^(?!\.\.)|^\.\.\/lib\//);
});

test('a folder that has no place in a box, or is not what it seems, is refused whatever was granted', (context) => {
  const root = temporaryTree(context, {
    'a/app/Cargo.toml': manifest('app', ['../../lib']),
    'lib/Cargo.toml': manifest('lib'),
    'b/app/Cargo.toml': manifest('app', ['../target']),
    'b/target/Cargo.toml': manifest('target'),
    'c/app/Cargo.toml': manifest('app', ['../link']),
    'd/app/Cargo.toml': manifest('app', ['../home']),
    'd/home/Cargo.toml': manifest('home'),
    'd/home/u/x': '',
    'e/app/Cargo.toml': manifest('app', ['..']),
    'e/Cargo.toml': manifest('e'),
    'f/app/Cargo.toml': manifest('app', ['../gone']),
  });
  symlinkSync(join(root, 'lib'), join(root, 'c/link'));
  const every = ['../../lib', '../target', '../link', '../home', '..', '../gone'];
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const project = read(join(root, name, 'app'), every, join(root, 'd/home/u'));
    assert.ok(!project.ok, name);
    assert.deepEqual(
      project.problems.map(({ code }) => code),
      ['refused'],
      name,
    );
  }
});

test('a skeleton of a hostile manifest from outside stays in its folder', (context) => {
  const root = temporaryTree(context, {
    'app/Cargo.toml': manifest('app', ['../lib']),
    'lib/Cargo.toml': `[[bin]]\nname = "x"\npath = "../../../x.rs"\n[[bin]]\nname = "y"\npath = "../project/y.rs"\n${manifest('lib')}`,
  });
  const project = read(join(root, 'app'), ['../lib']);
  assert.ok(project.ok, JSON.stringify(project));
  const files = skeletonFiles(project.value, {}).map(({ path }) => path);
  assert.ok(!files.some((path) => path.includes('x.rs') || path.includes('y.rs')), files.join());
});
