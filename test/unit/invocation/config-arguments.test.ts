import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unstableOptions } from '../../../src/invocation/config-arguments.ts';

test('-Z options are keys of the table of unstable ones', () => {
  const of = (...words: string[]) => unstableOptions(words).map((found) => (found.kind === 'text' ? found.text : ''));
  assert.deepEqual(of('build', '-Zdirect-minimal-versions', '-Z', 'msrv-policy=no', '-Zfeature-unification=yes'), [
    'unstable.direct-minimal-versions = true',
    'unstable.msrv-policy = false',
    'unstable.feature-unification = true',
  ]);
  assert.deepEqual(of('-Zgit=shallow-deps', '-Zallow-features=a,b'), [
    'unstable.git = "shallow-deps"',
    'unstable.allow-features = ["a","b"]',
  ]);
  assert.deepEqual(of('-Zbuild-std=core', '-Z', 'build-std', '-Z', '-Zx y', '-Z"', 'x'), []);
});
