import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rebaseConfig } from '../../../src/facts/rebase-config.ts';
import { parseToml } from '../../../src/toml/parse.ts';

test('paths that say where packages come from count from another folder, and nothing else changes', () => {
  const parsed = parseToml(
    `paths = ["a", "../b"]\n[patch.crates-io]\nx = { path = "mine/x", package = "y" }\nz = { path = "/abs" }
[source.here]\ndirectory = "vendor"\n[source.there]\nlocal-registry = "."\nregistry = "sparse+http://x/"\n[build]\ntarget-dir = "t"\n`,
    'config.toml',
  );
  assert.ok(parsed.ok);
  const rebased = JSON.parse(JSON.stringify(rebaseConfig(parsed.value, '/work/app/sub', '/work/app', '/work')));
  assert.deepEqual(rebased, {
    paths: ['sub/a', 'b'],
    patch: { 'crates-io': { x: { path: 'sub/mine/x', package: 'y' }, z: { path: '/abs' } } },
    source: { here: { directory: 'sub/vendor' }, there: { 'local-registry': 'sub', registry: 'sparse+http://x/' } },
    build: { 'target-dir': 't' },
  });
  assert.deepEqual(rebaseConfig(parsed.value, '/work', '/work', '/work'), parsed.value);
});
