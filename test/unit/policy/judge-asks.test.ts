import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Ask, Grant } from '../../../src/grants/ask.ts';
import { judgeAsks, refusal } from '../../../src/policy/judge-asks.ts';

const ask = (key: string, value: string, line = 1): Ask => ({
  key,
  value,
  title: `${key} of ${value}`,
  where: { file: '/p/cargo-boxed.yaml', line, column: 3 },
});
const own = (key: string, value: string): Grant => ({ key, value, from: { kind: 'own', when: '2026-01-01' } });

describe('judgeAsks', () => {
  it('grants exactly what was granted, by key and by value', () => {
    const judged = judgeAsks(
      [ask('env.pass', 'A'), ask('env.pass', 'B'), ask('network', 'A')],
      [own('env.pass', 'A'), own('network', 'B')],
    );
    assert.deepEqual(
      judged.map(({ grant }) => grant !== null),
      [true, false, false],
    );
  });

  it('never grants what is not among the grants, whatever is asked', () => {
    const wish = fc.record({ key: fc.constantFrom('a', 'b', 'a=b'), value: fc.constantFrom('', 'x', 'y', 'x,y') });
    const lists = fc.tuple(fc.array(wish), fc.array(wish));
    fc.assert(
      fc.property(lists, ([asked, granted]) => {
        const grants = granted.map(({ key, value }) => own(key, value));
        const judged = judgeAsks(
          asked.map(({ key, value }) => ask(key, value)),
          grants,
        );
        for (const [index, { grant }] of judged.entries()) {
          const { key, value } = asked[index] as { key: string; value: string };
          assert.equal(
            grant !== null,
            granted.some((given) => given.key === key && given.value === value),
          );
        }
        assert.equal(
          refusal(judged) === null,
          judged.every(({ grant }) => grant !== null),
        );
      }),
    );
  });
});

describe('refusal', () => {
  it('is one screen: what, by which file and line, and the command that grants it', () => {
    const problem = refusal(judgeAsks([ask('env.pass', 'TOKEN', 4), ask('limits.memory', 'none', 7)], []));
    assert.equal(problem?.code, 'refused');
    assert.deepEqual(problem?.where, { file: '/p/cargo-boxed.yaml', line: 4, column: 3 });
    assert.equal(
      problem?.why,
      [
        'it asks for',
        '  env.pass of TOKEN',
        '    by /p/cargo-boxed.yaml:4:3',
        '  limits.memory of none',
        '    by /p/cargo-boxed.yaml:7:3',
      ].join('\n'),
    );
    assert.match(problem?.fix ?? '', /`cargo-boxed grant env\.pass limits\.memory`/);
  });

  it('shows a change as old and new value', () => {
    const grants = [own('limits.memory', '8GiB'), own('env.pass', 'A')];
    const problem = refusal(judgeAsks([ask('limits.memory', '16GiB'), ask('env.pass', 'A')], grants));
    assert.match(problem?.why ?? '', /- limits\.memory: 8GiB {3}\(granted before\)\n {4}\+ limits\.memory: 16GiB/);
    assert.doesNotMatch(problem?.why ?? '', /env\.pass/);
  });

  it('lets no foreign text onto the terminal as it is, and no flood', () => {
    const many = Array.from({ length: 1000 }, (_, index) => ask('env.pass', `\u001b[2J${index}`));
    const before = refusal(judgeAsks([ask('show', '\u001b]0;x\u0007')], [own('show', '\u001b[2Jold')]));
    assert.ok(!before?.why?.includes('\u001b'));
    assert.ok((refusal(judgeAsks(many, []))?.why ?? '').split('\n').length < 120);
  });
});
