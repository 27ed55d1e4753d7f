import assert from 'node:assert/strict';
import { test } from 'node:test';
import { locateValue } from '../../../src/toml/locate-value.ts';

const text = `[dependencies]
a = { path = "../x" }
# b = "../x"
[dependencies.b]
path = '../x'
[workspace]
members = [
  "../y",
]`;

test('finds the line that has value and names', () => {
  assert.deepEqual(locateValue(text, 'f', '../x', ['b']), { file: 'f', line: 5, column: 8 });
  assert.deepEqual(locateValue(text, 'f', '../x', ['a']), { file: 'f', line: 2, column: 14 });
  assert.deepEqual(locateValue(text, 'f', '../y', ['members']), { file: 'f', line: 8, column: 3 });
});

test('takes the first line with the value when no line has the names, and the file when none has the value', () => {
  assert.deepEqual(locateValue(text, 'f', '../x', ['zzz']), { file: 'f', line: 2, column: 14 });
  assert.deepEqual(locateValue(text, 'f', 'nothing'), { file: 'f' });
});
