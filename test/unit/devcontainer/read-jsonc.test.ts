import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'jsonc-parser';
import { entryOf, nodeAt, placeAt, plainValue, readJsonc, tokens } from '../../../src/devcontainer/read-jsonc.ts';

function read(text: string) {
  const read = readJsonc(text, 'f.json');
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}

function problem(text: string) {
  const read = readJsonc(text, 'f.json');
  assert.ok(!read.ok, 'it was read');
  return read.problems[0];
}

test('comments and commas at the end are read, and each thing has its place', () => {
  const text = '// head\n{\n  "a": [1, "two",], /* in */\n  "b": {"c": true,},\n}\n';
  const document = read(text);
  assert.deepEqual(plainValue(document.root), { a: [1, 'two'], b: { c: true } });
  assert.deepEqual(plainValue(document.root), parse(text));
  const c = nodeAt(document.root, ['b', 'c']);
  assert.deepEqual(placeAt(document, c?.offset ?? 0), { file: 'f.json', line: 4, column: 14 });
  assert.equal(entryOf(document.root, 'none'), undefined);
});

test('what is broken is named with its place, and nothing of it is shown', () => {
  const cases = [
    ['', 1, 1],
    ['{"a": }', 1, 7],
    ['{"a": 1 "b": 2}', 1, 9],
    ['{\n "a": "secret\n}', 2, 7],
    ['{"a": 1} {}', 1, 10],
    ['{"a": tru}', 1, 7],
    ['[]', 1, 1],
    ['"text"', 1, 1],
    ['{ /* never closed', 1, 3],
  ] as const;
  for (const [text, line, column] of cases) {
    const found = problem(text);
    assert.equal(found?.code, 'config', text);
    assert.deepEqual([found?.where?.line, found?.where?.column], [line, column], text);
    assert.doesNotMatch(JSON.stringify(found), /secret/);
  }
});

test('a key that is written twice has no meaning that all readers share', () => {
  assert.match(problem('{"a": {"x": 1, "x": 2}}')?.why ?? '', /`x` is written twice/);
  assert.deepEqual(problem('{\n"a": 1,\n"a": 2}')?.where, { file: 'f.json', line: 3, column: 1 });
});

test('depth has a limit, and the parser is not asked beyond it', () => {
  assert.match(problem('{"a": '.repeat(50_000))?.why ?? '', /nested deeper/);
  assert.match(problem(`{"a": ${'['.repeat(65)}`)?.why ?? '', /nested deeper/);
  read(`{"a": ${'['.repeat(60)}${']'.repeat(60)}}`);
});

test('prototype keys are keys as others', () => {
  const document = read('{"__proto__": {"a": 1}, "constructor": 2}');
  assert.equal(document.root.entries.length, 2);
  assert.equal(nodeAt(document.root, ['toString']), undefined);
});

test('the numbers of the scanner are those of the library that is installed', () => {
  const document = read('{"a": [1, 2]}');
  assert.equal(tokens.comma, 5);
  assert.equal(document.root.entries.length, 1);
});
