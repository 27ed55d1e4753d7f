import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editDistance, nearest } from '../../../src/base/nearest.ts';

test('the distance counts insertions, deletions, replacements and swaps', () => {
  const cases: [string, string, number][] = [
    ['', '', 0],
    ['', 'abc', 3],
    ['build', 'build', 0],
    ['biuld', 'build', 1],
    ['buld', 'build', 1],
    ['buildd', 'build', 1],
    ['bwrop', 'bwrap', 1],
    ['kitten', 'sitting', 3],
  ];
  for (const [left, right, distance] of cases) assert.equal(editDistance(left, right), distance, `${left} ${right}`);
});

test('the nearest name is found, whatever its case', () => {
  assert.equal(nearest('enigne', ['environment', 'engine']), 'engine');
  assert.equal(nearest('Engine', ['engine']), 'engine');
  assert.equal(nearest('--enviroment', ['--engine', '--environment']), '--environment');
});

test('of two equally near names the first wins', () => {
  assert.equal(nearest('cat', ['bat', 'hat']), 'bat');
});

test('what is far from all has no nearest name', () => {
  assert.equal(nearest('xyzzy', ['build', 'test']), null);
  assert.equal(nearest('', ['build']), null);
  assert.equal(nearest('x', ['q']), null);
  assert.equal(nearest('build', []), null);
});

test('a word of any length costs nothing', () => {
  assert.equal(nearest('x'.repeat(1_000_000), ['build']), null);
});
