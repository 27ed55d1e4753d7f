import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeCargoConfig } from '../../../src/facts/merge-cargo-config.ts';
import { parseToml } from '../../../src/toml/parse.ts';
import { valueIn } from './temporary-tree.ts';

const merged = (nearer: string, farther: string) =>
  JSON.parse(JSON.stringify(mergeCargoConfig(valueIn(parseToml(nearer, 'n')), valueIn(parseToml(farther, 'f')))));

test('merges tables, lets the nearer value win and joins lists with the nearer last', () => {
  const near = '[build]\njobs = 1\nrustflags = ["near"]\n[a.b]\nc = 1';
  const far = '[build]\njobs = 2\ntarget = "x"\nrustflags = ["far"]\n[a]\nd = 2';
  assert.deepEqual(merged(near, far), {
    build: { jobs: 1, target: 'x', rustflags: ['far', 'near'] },
    a: { d: 2, b: { c: 1 } },
  });
});

test('replaces a list that is one command', () => {
  assert.deepEqual(merged('target.x.runner = ["near"]', 'target.x.runner = ["far", "-v"]'), {
    target: { x: { runner: ['near'] } },
  });
});

test('keeps the nearer value where types differ', () => {
  assert.deepEqual(merged('alias.x = "a"', 'alias.x = ["b"]'), { alias: { x: 'a' } });
});
