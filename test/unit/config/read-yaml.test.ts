import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readYaml } from '../../../src/config/read-yaml.ts';
import { cpuMs } from '../../support/cpu-clock.ts';
import { brief, problemsOf } from './config-case.ts';

test('what YAML can do beyond plain data is refused, with its place', async () => {
  const cases: readonly (readonly [string, string])[] = [
    ['engine: &e docker\n', '1:12 an anchor (`&name`) cannot be used here'],
    ['suite: trixie\nengine: *e\n', '2:9 an alias (`*name`) cannot be used here'],
    ['engine: !!str docker\n', '1:15 a tag (`!name`) cannot be used here'],
    ['engine: !!js/function x\n', '1:9 this is not valid YAML'],
    ['%YAML 1.1\n---\nengine: docker\n', '1:1 a directive cannot be used here'],
    ['engine: docker\n---\nengine: bwrap\n', '2:1 there is a second document'],
    ['suite: trixie\nengine: docker\nsuite: bookworm\n', '3:1 the key `suite` is there twice'],
    ['limits: {time: 1s, "time": 2s}\n', '1:20 the key `time` is there twice'],
    ['1: x\n', '1:1 this key is not a text'],
    ['? [a, b]\n: x\n', '1:3 this key is not a text'],
    [': x\n', '1:1 this key is not a text'],
    ['limits:\n\tmemory: 4GiB\n', '2:1 this is not valid YAML'],
    ['limits:\n  memory: 4GiB\n time: 1s\n', '3:1 this is not valid YAML'],
    ['engine: "docker\n', '2:1 this is not valid YAML'],
    ['engine: docker\0\n', '1:15 the character U+0000 cannot be used'],
    ['suite: trixie\nengine: \x1b[2Jdocker\n', '2:9 the character U+001B cannot be used'],
    ['- engine\n', '1:1 this is no configuration'],
    ['engine\n', '1:1 this is no configuration'],
    ['__proto__: {engine: docker}\n', '1:1 there is no key `__proto__`'],
    ['<<: {engine: docker}\n', '1:1 there is no key `<<`'],
    ['constructor: 1\n', '1:1 there is no key `constructor`'],
  ];
  for (const [project, expected] of cases) {
    const [first] = brief(await problemsOf({ project }));
    assert.equal(first, `cargo-boxed.yaml:${expected}`, JSON.stringify(project));
  }
});

const size = 250_000;
const hostile: Readonly<Record<string, string>> = {
  'open lists': '['.repeat(size),
  'balanced lists': '['.repeat(size / 2) + ']'.repeat(size / 2),
  'open maps': '{a: '.repeat(size / 4),
  'open both': '[{'.repeat(size / 2),
  'nested items': '- '.repeat(size / 2),
  'nested keys': 'a: '.repeat(size / 3),
  'explicit keys': '? '.repeat(size / 2),
  'deep indentation': Array.from({ length: 700 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  'many keys': Array.from({ length: size / 10 }, (_, index) => `k${index}: 1`).join('\n'),
  'equal keys': 'a: 1\n'.repeat(size / 5),
  'unknown keys': Array.from({ length: 4000 }, (_, index) => `engin${index}: 1`).join('\n'),
  'many items': `layers:\n${'- a\n'.repeat(size / 4)}`,
  'one long word': `engine: ${'x'.repeat(size)}`,
  'one long key': `${'x'.repeat(size)}: 1`,
  'one long number': `limits: {processes: ${'9'.repeat(size)}}`,
  'long units': `limits: {time: ${'1h'.repeat(size / 2)}}`,
  'an image of dots': `image: ${'a.'.repeat(size / 2)}`,
  quotes: '"'.repeat(size),
  escapes: `engine: "${'\\n'.repeat(size / 2)}"`,
  newlines: `engine:${'\n'.repeat(size)}x`,
  comments: '#\n'.repeat(size / 2),
  anchors: '&a '.repeat(size / 3),
  aliases: '*a '.repeat(size / 3),
  'an anchor bomb': `a: &a [x]\n${Array.from({ length: 30 }, (_, n) => `b${n}: &b${n} [*a, *a]`).join('\n')}`,
  tags: '!a '.repeat(size / 3),
  documents: '---\n'.repeat(size / 4),
  directives: '%YAML 1.2\n'.repeat(size / 10),
  'block texts': 'a: |\n b\n'.repeat(size / 8),
  'too many bytes': '# x\n'.repeat(100_000),
};

for (const [name, project] of Object.entries(hostile)) {
  test(`a file of ${name} ends in time`, async () => {
    const start = cpuMs();
    const problems = name === 'comments' || name === 'newlines' ? [] : await problemsOf({ project });
    assert.ok(cpuMs() - start < 1000);
    assert.ok(problems.length <= 50);
    for (const { what, why = '', fix = '' } of problems) assert.ok(`${what}${why}${fix}`.length < 1000);
  });
}

test('only as many faults are collected as anybody reads', () => {
  const result = readYaml(
    'a: &x 1\n'.repeat(1000).replace(/a/g, () => `k${Math.random()}`),
    'file',
  );
  assert.ok(!result.ok);
  assert.equal(result.problems.length, 20);
});
