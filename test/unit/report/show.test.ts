import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../../src/engine/engine.ts';
import type { problemCodes } from '../../../src/problem/problem.ts';
import { exitCodeOf, exitCodeOfProblems } from '../../../src/report/exit-code.ts';
import { outcomeSentence } from '../../../src/report/show-outcome.ts';
import { problemText } from '../../../src/report/show-problem.ts';

describe('exit codes', () => {
  const cases: readonly [Outcome, number][] = [
    [{ kind: 'finished', status: 0 }, 0],
    [{ kind: 'finished', status: 101 }, 101],
    [{ kind: 'finished', status: 256 }, 70],
    [{ kind: 'finished', status: -1 }, 70],
    [{ kind: 'killed', signal: 'SIGKILL' }, 137],
    [{ kind: 'killed', signal: 'SIGSEGV' }, 139],
    [{ kind: 'killed', signal: 'SIGNOTHING' }, 70],
    [{ kind: 'limit', limit: 'wallClockMs', value: 1 }, 124],
    [{ kind: 'limit', limit: 'silenceMs', value: 1 }, 124],
    [{ kind: 'limit', limit: 'memoryBytes', value: 1 }, 125],
    [{ kind: 'limit', limit: 'processes', value: 1 }, 125],
    [{ kind: 'limit', limit: 'diskBytes', value: 1 }, 125],
    [{ kind: 'interrupted', signal: 'SIGINT' }, 130],
    [{ kind: 'interrupted', signal: 'SIGTERM' }, 143],
    [{ kind: 'interrupted', signal: 'SIGHUP' }, 129],
    [{ kind: 'lost', why: 'gone' }, 70],
  ];
  for (const [outcome, code] of cases) {
    it(`${JSON.stringify(outcome)} is ${code}`, () => assert.equal(exitCodeOf(outcome), code));
  }

  it('takes the first problem', () => {
    const problem = (code: keyof typeof problemCodes) => ({ code, what: 'x' });
    assert.equal(exitCodeOfProblems([problem('usage'), problem('config')]), 64);
    assert.equal(exitCodeOfProblems([]), 70);
  });
});

describe('outcomes in words', () => {
  it('say the figure and the key to change', () => {
    const text = outcomeSentence({ kind: 'limit', limit: 'memoryBytes', value: 4 * 1024 ** 3 });
    assert.equal(
      text,
      'error: the box was stopped: it used its 4GiB of memory; to change it set `limits.memory` or give `--limit memory=VALUE`',
    );
    for (const limit of ['processes', 'cpus', 'wallClockMs', 'silenceMs', 'diskBytes', 'openFiles'] as const) {
      assert.match(outcomeSentence({ kind: 'limit', limit, value: 60_000 }), /error: the box was stopped: .*--limit/);
    }
  });

  it('say of a box that was not started what to delete', () => {
    assert.equal(
      outcomeSentence({ kind: 'limit', limit: 'diskBytes', value: 2 ** 30, isOfEarlier: true }),
      'error: the box was not started: earlier builds have left as much as its 1GiB of disk in the target; ' +
        'run `cargo-boxed reset` to empty it, or to change it set `limits.disk` or give `--limit disk=VALUE`',
    );
  });

  it('show foreign text escaped, and colours only when allowed', () => {
    assert.equal(
      outcomeSentence({ kind: 'lost', why: 'a\u001b[2J' }),
      'error: the box was lost, so nothing is known of its result: a\\u{1b}[2J',
    );
    assert.ok(
      outcomeSentence({ kind: 'interrupted', signal: 'SIGINT' }, true).startsWith('\u001b[1;31merror\u001b[0m: '),
    );
  });
});

describe('problems in words', () => {
  const problem = {
    code: 'config',
    what: 'unknown key `limts`',
    where: { file: 'cargo-boxed.yaml', line: 3, column: 1 },
    why: 'no key has this name',
    fix: 'Did you mean `limits`?\nSee `cargo-boxed schema`.',
  } as const;

  it('have what, where, why and what to do', () => {
    assert.equal(
      problemText(problem, false),
      [
        'error[config]: unknown key `limts`',
        ' --> cargo-boxed.yaml:3:1',
        ' = no key has this name',
        ' = help: Did you mean `limits`?',
        '   See `cargo-boxed schema`.',
        '',
      ].join('\n'),
    );
    assert.equal(problemText({ code: 'usage', what: 'x' }, false), 'error[usage]: x\n');
    assert.equal(problemText({ code: 'usage', what: 'x', where: { file: 'a' } }, false), 'error[usage]: x\n --> a\n');
  });

  it('wear colours when allowed, and the same text', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are taken away
    assert.equal(problemText(problem, true).replace(/\u001b\[[0-9;]*m/g, ''), problemText(problem, false));
  });

  it('show nothing that a terminal would act on', () => {
    const text = problemText({ code: 'path', what: 'a\u001b]0;x\u0007', where: { file: 'x\n\u202ey' } }, false);
    assert.equal(text, 'error[path]: a\\u{1b}]0;x\\u{7}\n --> x\\u{a}\\u{202e}y\n');
  });
});
