import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesName, parseNamePattern } from '../../../src/facts/match-name.ts';
import { cpuMilliseconds } from './cpu-time.ts';

const cases: readonly (readonly [pattern: string, name: string, matches: boolean])[] = [
  ['*', 'a', true],
  ['*', '.hidden', true],
  ['a*', 'a', true],
  ['a*', 'ba', false],
  ['*-sys', 'zstd-sys', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['[ab]', 'b', true],
  ['[!ab]', 'b', false],
  ['[a-c]x', 'bx', true],
  ['[a-c]x', 'dx', false],
  ['[]]', ']', true],
  ['*a*b', 'xaxb', true],
  ['?', '🦀', true],
];
for (const [pattern, name, matches] of cases) {
  test(`${pattern} ${matches ? 'matches' : 'does not match'} ${name}`, () => {
    const parsed = parseNamePattern(pattern);
    assert.ok(parsed !== null);
    assert.equal(matchesName(parsed, name), matches);
  });
}

test('refuses what the glob crate refuses', () => {
  assert.equal(parseNamePattern('a**'), null);
  assert.equal(parseNamePattern('[a'), null);
});

test('stays fast on a pattern made to backtrack', () => {
  const parsed = parseNamePattern(`${'*a'.repeat(100)}*b`);
  assert.ok(parsed !== null);
  assert.ok(cpuMilliseconds(() => assert.equal(matchesName(parsed, 'a'.repeat(250)), false)) < 100);
});
