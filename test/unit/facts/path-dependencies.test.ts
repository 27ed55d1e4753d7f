import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathDependencies, pathPatches } from '../../../src/facts/path-dependencies.ts';
import { parseToml } from '../../../src/toml/parse.ts';
import { valueIn } from './temporary-tree.ts';

const table = (text: string) => valueIn(parseToml(text, 'f'));

test('finds path dependencies of every table and target, and inherited ones', () => {
  const manifest = table(`
[dependencies]
a = { path = "../a" }
registry = "1"
inherited.workspace = true
other = { workspace = true }
[dev-dependencies.b]
path = "../b"
[build-dependencies]
c = { path = "../c", optional = true }
based = { base = "x", path = "y" }
[target.'cfg(windows)'.dependencies]
d = { path = "../d" }
`);
  const root = table(
    '[workspace.dependencies]\ninherited = { path = "in" }\nother = "1"\nunused = { path = "/outside" }',
  );
  const found = pathDependencies(manifest, root).map(({ name, path, base, kind }) =>
    [name, path, base, kind].join(' '),
  );
  assert.deepEqual(found.sort(), [
    'a ../a own normal',
    'b ../b own dev',
    'c ../c own normal',
    'd ../d own normal',
    'inherited in workspace normal',
  ]);
});

test('finds patches by path', () => {
  const root = table(`
[patch.crates-io]
a = { path = "a" }
b = { git = "b" }
[patch."https://example.invalid/x"]
c = { path = "c" }
[replace]
"d:1.0.0" = { path = "d" }
`);
  assert.deepEqual(
    pathPatches(root).map(({ path }) => path),
    ['a', 'c', 'd'],
  );
});

test('takes strange shapes for nothing', () => {
  const strange = table(
    'dependencies = [1]\ntarget = 1\npatch = "x"\n[dev-dependencies]\na = { path = 1 }\n__proto__ = { path = "p" }',
  );
  assert.deepEqual(
    pathDependencies(strange, null).map(({ path }) => path),
    ['p'],
  );
  assert.deepEqual(pathPatches(strange), []);
});
