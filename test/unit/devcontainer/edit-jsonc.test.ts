import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addEntry, addItem, removeItem, replaceValue, withEdits } from '../../../src/devcontainer/edit-jsonc.ts';
import { type ListNode, nodeAt, plainValue, readJsonc } from '../../../src/devcontainer/read-jsonc.ts';

function read(text: string) {
  const read = readJsonc(text, 'f');
  assert.ok(read.ok, `${text}\n${JSON.stringify(read)}`);
  return read.value;
}

const withKey = (text: string, value: unknown = 2) => withEdits(text, addEntry(text, read(text).root, 'new', value));

test('a key comes last, and comments stay where they are', () => {
  const cases = [
    ['{}', '{\n  "new": 2\n}'],
    ['{\n}', '{\n  "new": 2\n}'],
    ['{"a": 1}', '{"a": 1, "new": 2}'],
    ['{"a": 1,}', '{"a": 1, "new": 2,}'],
    ['{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "new": 2\n}\n'],
    ['{\n\t"a": 1,\n}\n', '{\n\t"a": 1,\n\t"new": 2,\n}\n'],
    ['{\n  "a": 1 // one\n}\n', '{\n  "a": 1, // one\n  "new": 2\n}\n'],
    ['{\n  "a": 1, // one\n  // end\n}\n', '{\n  "a": 1, // one\n  // end\n  "new": 2,\n}\n'],
    ['{\n  // nothing yet\n}\n', '{\n  // nothing yet\n  "new": 2\n}\n'],
    ['{\n  "a": 1 /* , */\n}', '{\n  "a": 1, /* , */\n  "new": 2\n}'],
    ['{\r\n  "a": 1\r\n}', '{\r\n  "a": 1,\n  "new": 2\r\n}'],
  ] as const;
  for (const [before, after] of cases) {
    assert.equal(withKey(before), after);
    const { new: added, ...rest } = plainValue(read(after).root) as Record<string, unknown>;
    assert.equal(added, 2);
    assert.deepEqual(rest, plainValue(read(before).root));
  }
});

test('a value of several lines is set in as its neighbours are', () => {
  assert.equal(
    withKey('{\n    "a": 1\n}', { b: [1] }),
    '{\n    "a": 1,\n    "new": {\n      "b": [\n        1\n      ]\n    }\n}',
  );
});

test('an item comes last, goes with its comma, or is replaced', () => {
  const list = (text: string) => nodeAt(read(text).root, ['l']) as ListNode;
  const added = (text: string) => withEdits(text, addItem(text, list(text), 'n'));
  assert.equal(added('{"l": []}'), '{"l": ["n"]}');
  assert.equal(added('{"l": ["a"]}'), '{"l": ["a", "n"]}');
  assert.equal(added('{"l": ["a",]}'), '{"l": ["a", "n",]}');
  assert.equal(added('{"l": [\n  "a" // x\n]}'), '{"l": [\n  "a", // x\n  "n"\n]}');
  const removed = (text: string, at: number) => withEdits(text, removeItem(text, list(text), at));
  assert.equal(removed('{"l": ["a", "b"]}', 0), '{"l": ["b"]}');
  assert.equal(removed('{"l": ["a", "b"]}', 1), '{"l": ["a"]}');
  assert.equal(removed('{"l": ["a"]}', 0), '{"l": []}');
  assert.equal(removed('{"l": [\n  "a", // x\n  "b"\n]}', 0), '{"l": [\n  // x\n  "b"\n]}');
  assert.equal(removed('{"l": [\n  "a",\n  "b"\n]}', 0), '{"l": [\n  "b"\n]}');
  const text = '{"l": [1, {"x": 2}]}';
  assert.equal(withEdits(text, replaceValue(text, list(text), 'n')), '{"l": "n"}');
});
