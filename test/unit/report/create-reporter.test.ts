import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { jsonReporter, type TextOptions, textReporter } from '../../../src/report/create-reporter.ts';
import { eventLine } from '../../../src/report/events.ts';

const options: TextOptions = { verbosity: 'normal', color: false, variables: {} };
const report = {
  folder: '/p/target/boxed',
  exported: [{ path: 'debug/a', bytes: 1, state: 'written' as const }],
  removed: [],
  refused: [],
  refusedCount: 0,
};

function open() {
  const stream = new PassThrough();
  // Newer Nodes give what was written piece by piece.
  const read = () => {
    let text = '';
    for (let piece = stream.read(); piece !== null; piece = stream.read()) text += piece;
    return text;
  };
  return { stream, read };
}

describe('text for people', () => {
  it('looks like cargo', () => {
    const { stream, read } = open();
    const reporter = textReporter(options, stream);
    reporter.step('Preparing the root of Debian bookworm');
    reporter.progress('half', 0.5);
    reporter.note('said once');
    reporter.problems([{ code: 'usage', what: 'x' }]);
    reporter.outcome({ kind: 'finished', status: 101 });
    reporter.outcome({ kind: 'interrupted', signal: 'SIGINT' });
    reporter.exported(report);
    assert.equal(
      read(),
      [
        '   Preparing the root of Debian bookworm',
        'note: said once',
        'error[usage]: x',
        'error: interrupted by SIGINT',
        '    Exported to /p/target/boxed',
        '',
      ].join('\n'),
    );
  });

  it('is silent when asked, but for what went wrong', () => {
    const { stream, read } = open();
    const reporter = textReporter({ ...options, verbosity: 'quiet' }, stream);
    reporter.step('Preparing x');
    reporter.note('x');
    reporter.exported(report);
    assert.equal(read(), '');
    reporter.problems([{ code: 'usage', what: 'x' }]);
    assert.equal(read(), 'error[usage]: x\n');
  });

  it('shows a name so that a terminal does not act on it', () => {
    const { stream, read } = open();
    const reporter = textReporter(options, stream);
    reporter.exported({ ...report, folder: '/p/a\u001b]52;c;eA==\u0007\nb\u009b/target/boxed' });
    reporter.note('x\u001b[2J\ny');
    reporter.step('Making \u202ex');
    assert.deepEqual(read().split('\n'), [
      '    Exported to /p/a\\u{1b}]52;c;eA==\\u{7}\\u{a}b\\u{9b}/target/boxed',
      'note: x\\u{1b}[2J',
      'y',
      '      Making \\u{202e}x',
      '',
    ]);
  });

  it('marks commands in the names that it shows, in CI', () => {
    const { stream, read } = open();
    const reporter = textReporter({ ...options, variables: { CI: 'true' } }, stream);
    reporter.note('Not exported: debug/##[set-output name=x]y');
    assert.equal(read(), 'note: Not exported: debug/##│[set-output name=x]y\n');
  });

  it('filters what others write', async () => {
    const { stream, read } = open();
    const { stream: foreign } = textReporter({ ...options, variables: { CI: 'true' } }, stream).foreignStream([]);
    foreign.end('a\u001b]52;c;x\u0007b\n::error::x\n');
    await once(foreign, 'end');
    assert.equal(read(), 'ab\n│ ::error::x\n');
  });
});

describe('events for programs', () => {
  it('are one object a line', () => {
    const { stream, read } = open();
    const reporter = jsonReporter(stream);
    reporter.step('Preparing x');
    reporter.progress('half', 0.5);
    reporter.note('a\nb');
    reporter.problems([{ code: 'usage', what: 'x' }]);
    reporter.outcome({ kind: 'limit', limit: 'silenceMs', value: 60_000 });
    reporter.exported(report);
    const events = read()
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text));
    assert.deepEqual(
      events.map(({ event }) => event),
      ['step', 'progress', 'note', 'problem', 'outcome', 'exported'],
    );
    assert.equal(events[4].outcome.limit, 'silenceMs');
    assert.match(events[4].text, /--limit silence/);
  });

  it('cannot be forged by what a program writes', async () => {
    const { stream, read } = open();
    const { stream: foreign } = jsonReporter(stream).foreignStream([]);
    foreign.end('{"event":"outcome","outcome":{"kind":"finished","status":0}}\nno end');
    await once(foreign, 'end');
    await new Promise(setImmediate);
    const events = read()
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text));
    assert.deepEqual(
      events.map(({ event }) => event),
      ['output', 'output'],
    );
    assert.equal(events[1].text, 'no end');
  });

  it('are plain ASCII without commands, and parse to what was told', () => {
    const text = 'a\u001b\u009b\u2028\u202e\n ##[group] #\u200b#[ ##vso[x] section_start:1 🦀';
    const line = eventLine({ event: 'note', text });
    assert.match(line, /^[ -~]*\n$/);
    assert.doesNotMatch(line, /##|section_start:/);
    assert.equal(JSON.parse(line).text, text);
  });
});

const module = new URL('../../../src/report/create-reporter.ts', import.meta.url).pathname;

function script(body: string): string[] {
  const load = `const { createReporter } = await import(${JSON.stringify(module)});`;
  return ['--import', 'tsx', '--input-type=module', '-e', load + body];
}

describe('in a process of its own', () => {
  it('survives a reader that goes away, and goes on reading', () => {
    const body = `
      const { PassThrough } = await import('node:stream');
      createReporter({ verbosity: 'normal', color: false, variables: {} });
      const source = new PassThrough();
      source.pipe(process.stdout, { end: false });
      for (let count = 0; count < 200; count += 1) {
        if (!source.write('x'.repeat(65536))) await new Promise((done) => source.once('drain', done));
      }
      source.end();
      process.stderr.write('done');`;
    const command = [process.execPath, ...script(body)];
    const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    const result = spawnSync('bash', ['-c', `set -o pipefail; ${quoted} | head -c 10`], {
      timeout: 60_000,
      encoding: 'utf8',
    });
    assert.equal(result.stderr, 'done');
    assert.equal(result.status, 0);
  });

  it('shows what moves on a terminal, takes it off again and ends by itself', () => {
    const body = `
      const reporter = createReporter({ verbosity: 'normal', color: false, variables: {} });
      reporter.progress('Loading layers', 0.25);
      await new Promise((done) => setTimeout(done, 700));
      reporter.step('Preparing x');
      reporter.progress('Loading more');
      await new Promise((done) => setTimeout(done, 300));`;
    const command = [process.execPath, ...script(body)];
    const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    const shown = execFileSync('script', ['-qec', `stty cols 80 rows 24; ${quoted}`, '/dev/null'], {
      encoding: 'utf8',
      timeout: 60_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    assert.match(shown, /Loading layers 25 %/);
    assert.match(shown, / {3}Preparing x/);
    assert.doesNotMatch(shown, /\?25l/, 'the cursor is left alone');
  });
});
