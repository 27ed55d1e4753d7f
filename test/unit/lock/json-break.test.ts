import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonBreak } from '../../../src/lock/json-break.ts';

test('the first thing that cannot stand there', () => {
  for (const [before, after] of [
    ['{"a": [1, ', ']}'],
    ['{"a": ', 'x}'],
    ['{"a": 1 ', '"b": 2}'],
    ['{', ',}'],
    ['{"a" ', '1}'],
    ['{"a": {}} ', '{}'],
    ['[1', '}'],
    ['', ''],
    ['{"a": ', '"b'],
    ['[', '01]'],
  ] as const)
    assert.equal(jsonBreak(before + after), before.length, before + after);
});

test('a text that is JSON breaks off at its end, and a long one takes little time', () => {
  for (const value of [{ a: [1, -2.5e3, 'x\n"\\', null, true, {}] }, [], 'a', 0]) {
    const text = JSON.stringify(value, null, 2);
    assert.equal(jsonBreak(text), text.length, text);
  }
  const started = performance.now();
  const long = `[${'[{"a":"b"},'.repeat(300_000)}`;
  assert.equal(jsonBreak(long), long.length);
  assert.equal(jsonBreak(`[${' '.repeat(60_000)}x`), 60_001);
  assert.ok(performance.now() - started < 2000);
});
