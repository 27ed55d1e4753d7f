import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseToml } from '../../../src/toml/parse.ts';
import { stringAt, stringsAt, tableAt, valueAt } from '../../../src/toml/read-table.ts';

test('reads own keys alone and never trips over another type', () => {
  const parsed = parseToml('a = "x"\nl = ["p", 1, "q"]\nd = 1979-05-27\n[t.u]\nv = 1', 'f');
  assert.ok(parsed.ok);
  const table = parsed.value;
  assert.equal(valueAt(table, 't', 'u', 'v'), 1);
  assert.equal(valueAt(table, 'a', 'length'), undefined);
  assert.equal(valueAt(table, 'd', 'getTime'), undefined);
  assert.equal(valueAt({}, 'constructor'), undefined);
  assert.equal(stringAt(table, 't'), null);
  assert.deepEqual(stringsAt(table, 'l'), ['p', 'q']);
  assert.deepEqual(stringsAt(table, 'a'), []);
  assert.deepEqual(Object.keys(tableAt(table, 'nowhere', 'x')), []);
});
