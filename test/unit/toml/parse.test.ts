import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseToml } from '../../../src/toml/parse.ts';
import { cpuMilliseconds } from '../facts/cpu-time.ts';

const megabyte = 1024 * 1024;

test('gives tables without a prototype, so that foreign keys are only keys', () => {
  const result = parseToml(
    '[__proto__]\npolluted = true\n[constructor]\nname = "x"\n[a.__proto__]\nb = {__proto__ = 1}',
    'f',
  );
  assert.ok(result.ok);
  assert.equal(Object.getPrototypeOf(result.value), null);
  assert.deepEqual(Object.keys(result.value), ['__proto__', 'constructor', 'a']);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test('names line and column, and shows nothing of the file', () => {
  const result = parseToml('[package]\nname = "a"\nAKIA-secret-token hunter2\n', '/p/Cargo.toml');
  assert.ok(!result.ok);
  const [problem] = result.problems;
  assert.equal(problem?.code, 'manifest');
  assert.deepEqual(problem?.where, { file: '/p/Cargo.toml', line: 3, column: 19 });
  assert.doesNotMatch(JSON.stringify(result), /secret|hunter2|AKIA/);
});

test('shows nothing of the file for any kind of mistake', () => {
  const mistakes = [
    'a = SECRET',
    'a = "SECRET',
    '[SECRET',
    'SECRET = 1\nSECRET = 2',
    'a = 1979-SECRET',
    'a = "\\SECRET"',
  ];
  for (const text of [...mistakes, 'a = 0xSECRET', 'SECRET', '"SECRET" = [1', "a = '''SECRET", 'a = {SECRET']) {
    const result = parseToml(text, 'f');
    assert.ok(!result.ok, text);
    assert.doesNotMatch(JSON.stringify(result), /SECRET/, text);
  }
});

test('keeps integers that a number cannot hold', () => {
  const result = parseToml('a = 9223372036854775807\nb = 1', 'f');
  assert.deepEqual(result.ok && { ...result.value }, { a: 9223372036854775807n, b: 1 });
});

test('accepts CRLF, a byte order mark and an empty file', () => {
  for (const text of ['a = 1\r\nb = 2\r\n', '\ufeffa = 1', '']) assert.ok(parseToml(text, 'f').ok);
});

test('refuses what is too deep or too long', () => {
  for (const text of ['a='.concat('['.repeat(1000)), `${'a.'.repeat(100)}a = 1`, `[${'"=". '.repeat(100)}a]`]) {
    assert.ok(!parseToml(text, 'f').ok);
  }
  assert.ok(!parseToml('#'.repeat(3 * megabyte), 'f').ok);
  assert.ok(parseToml('#'.repeat(3 * megabyte), 'f', { maximumCharacters: 4 * megabyte }).ok);
  assert.ok(parseToml(`a = "${'a.'.repeat(1000)}"\nb = '''\n${'a.'.repeat(1000)}'''`, 'f').ok);
});

const hostile: Readonly<Record<string, string>> = {
  'open brackets': 'a='.concat('['.repeat(megabyte)),
  'open braces': `a=${'{a='.repeat(megabyte / 4)}`,
  'dotted keys': `${'a.'.repeat(megabyte / 2)}a=1`,
  'dotted keys in quotes': `${'"=".'.repeat(megabyte / 4)}a=1`,
  'dotted keys in a header': `[${'a.'.repeat(megabyte / 2)}a]`,
  'dotted keys in an inline table': `a = {${'a.'.repeat(megabyte / 2)}a=1}`,
  digits: `a=${'1'.repeat(megabyte)}`,
  'table arrays': '[[a]]\n'.repeat(megabyte / 6),
  'new lines before a mistake': `${'\n'.repeat(megabyte)}=`,
  quotes: `a='''${"''".repeat(megabyte / 2)}`,
};
for (const [name, text] of Object.entries(hostile)) {
  test(`a megabyte of ${name} takes less than a second`, () => {
    assert.ok(cpuMilliseconds(() => parseToml(text, 'f')) < 1000);
  });
}
