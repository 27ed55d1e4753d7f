import assert from 'node:assert/strict';
import { Readable, type Transform } from 'node:stream';
import { demultiplex } from '../../../src/engine/docker/demultiplex.ts';
import { followProgress } from '../../../src/engine/docker/follow-progress.ts';
import { terminalFilter } from '../../../src/report/filter-terminal.ts';
import { rewriteMessages } from '../../../src/report/rewrite-messages.ts';
import { translatePaths } from '../../../src/report/translate-paths.ts';
import { watchNames } from '../../../src/report/watch-names.ts';
import { wrapOutput } from '../../../src/report/wrap-output.ts';
import { type Parser, pieces, text } from '../parser.ts';
import { judgeShown } from '../terminal-oracle.ts';

/** What comes out of a stream that gets these pieces. */
async function through(stream: Transform, given: readonly Buffer[]): Promise<Buffer> {
  const out: Buffer[] = [];
  stream.on('data', (bytes: Buffer | string) => out.push(Buffer.from(bytes as string)));
  const ended = new Promise<void>((resolve, reject) => stream.once('end', resolve).once('error', reject));
  for (const piece of given) stream.write(piece);
  stream.end();
  await ended;
  return Buffer.concat(out);
}

function filtered(given: readonly Buffer[], commands: 'keep' | 'mark'): Buffer {
  const filter = terminalFilter({ commands });
  return Buffer.concat([...given.map((piece) => Buffer.from(filter.push(piece))), filter.end()]);
}

function judgeFilter(bytes: Buffer, cuts: readonly number[], commands: 'keep' | 'mark'): undefined {
  const whole = filtered([bytes], commands);
  assert.ok(whole.equals(filtered(pieces(bytes, cuts), commands)), 'the cuts change what is shown');
  judgeShown(whole, commands);
  assert.ok(commands === 'mark' || filtered([whole], commands).equals(whole), 'a second pass changes something');
  return undefined;
}

const terminalWords = [
  ...[
    '\u001b',
    '\u001b[',
    '\u001b]',
    '\u001bP',
    '\u001b\\',
    '\u0007',
    '\u009b',
    '\u009d',
    'm',
    'K',
    'J',
    'H',
    'c',
    'n',
  ],
  ...[
    '31',
    '38;5;8',
    '38;2;1;2;3',
    '?1049h',
    '0;',
    '8;;https://a',
    '8;id=x;file://a',
    '52;c;eA==',
    '6n',
    '5',
    ';',
    ':',
  ],
  ...['::', '##[', '##vso[', '##teamcity[', 'section_start:', '::set-output', '\u200b', '\ufeff', '\u061c', 'ä', '🦀'],
  new Uint8Array([0x9b]),
  new Uint8Array([0xc2]),
  new Uint8Array([0xf0, 0x9f]),
];
const terminalSeeds = () => [
  text(
    '\u001b[1m\u001b[32m   Compiling\u001b[0m one v1.0.0',
    '\u001b]8;;https://a/b\u001b\\link\u001b]8;;\u001b\\',
    'end',
  ),
  text(
    '\r\u001b[K[=====>   ] 5/9',
    '\u001b]0;title\u0007',
    '\u001b]52;c;aGk=\u0007',
    '\u001bPq\u001b\\',
    '\u001b[2J\u001b[1;1H',
  ),
  text('::warning::x', ' ::set-output name=a::b', '##vso[task.x]', '##[group]', 'section_start:1:a', 'a ::b'),
];

const mappings = [
  { inside: '/box/project', host: '/home/some one/wörk "q"' },
  { inside: '/box/target', host: '/home/x/.cache/t' },
];
const message = JSON.stringify({
  reason: 'compiler-artifact',
  filenames: ['/box/target/debug/app', 'file:///box/project/x', '/box/projects/other', 'a/box/project'],
  message: { rendered: '\u001b[1m--> /box/project/src/main.rs:1:2\n' },
});

/** One part of a multiplexed answer, as the engine sends it. */
function frame(channel: number, content: string): Buffer {
  const header = Buffer.from([channel, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, Buffer.from(content)]);
}

/** The same, read the slow way. */
function demultiplexed(bytes: Buffer): { readonly out: Buffer; readonly err: Buffer } {
  const parts: { out: Buffer[]; err: Buffer[] } = { out: [], err: [] };
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    parts[bytes[at] === 2 ? 'err' : 'out'].push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return { out: Buffer.concat(parts.out), err: Buffer.concat(parts.err) };
}

function translated(given: readonly Buffer[]): Buffer {
  const translator = translatePaths(mappings);
  return Buffer.concat([...given.map((piece) => translator.push(piece)), translator.end()]);
}

export const streamParsers: readonly Parser[] = [
  {
    name: 'paths-in-output',
    modules: ['report/translate-paths.ts'],
    seeds: () => [
      text('   Compiling a v1.0.0 (/box/project)', ' Generated /box/target/doc/a/index.html', '-L/box/target/x'),
      text('file:///box/project/x /box/projects a/box/project \u001b[1m/box/project\u001b[0m', '/box/target'),
    ],
    words: ['/box/project', '/box/target', '/box', '/', '-L', 'file://', '\u001b[1m', ' ', '"', '\n', '.', 'é'],
    mostBytes: 1024 * 1024,
    feed: (bytes, cuts) => {
      const whole = translated([bytes]);
      const given = pieces(bytes, bytes.length > 100_000 ? [65_536] : cuts);
      assert.ok(whole.equals(translated(given)), 'the cuts change what is shown');
      assert.ok(bytes.includes('/box/') || whole.equals(bytes), 'something else was changed');
      return undefined;
    },
  },
  ...(['keep', 'mark'] as const).map(
    (commands): Parser => ({
      name: `terminal-${commands}`,
      modules: ['report/filter-terminal.ts', 'report/judge-sequence.ts', 'report/neutralise-commands.ts'],
      seeds: terminalSeeds,
      words: terminalWords,
      mostBytes: 1024 * 1024,
      feed: (bytes, cuts) => judgeFilter(bytes, bytes.length > 100_000 ? [65_536] : cuts, commands),
    }),
  ),
  ...(['keep', 'mark'] as const).map(
    (commands): Parser => ({
      name: `cargo-messages-${commands}`,
      modules: [
        'base/package-id.ts',
        'report/rewrite-messages.ts',
        'report/escape-message.ts',
        'report/path-mapping.ts',
      ],
      seeds: () => [
        text(message, 'not json', message),
        text(`{"a":"/box/project"}`, '[1]'),
        text(`{"id":"path+file:///box/project#one@0.1.0"}`, `{"id":"path+file:///box/project#0.1.0"}`),
        text(JSON.stringify({ a: '\u009b2J\u202e##[x section_start:' }), '::error::x', '\u001b]52;c;eA==\u0007'),
      ],
      words: [
        ...terminalWords,
        '/box/project',
        '/box/target',
        '"',
        '\\"',
        '\\\\',
        '\n',
        '{',
        '}',
        '\\u001b[1m',
        'file://',
        '-L',
        'native=',
        'path+file://',
        '#0.1.0',
      ],
      // Written by its numbers, a message gets six times as long.
      mostBytes: 256 * 1024,
      feed: async (bytes, cuts) => {
        const rewriter = () => rewriteMessages(mappings, { commands });
        const whole = await through(rewriter(), [bytes]);
        const cut = await through(rewriter(), pieces(bytes, bytes.length > 100_000 ? [65_536] : cuts));
        assert.ok(whole.equals(cut), 'the cuts change the messages');
        judgeShown(whole, commands);
        const [before, after] = [bytes, whole].map((all) => all.toString('latin1').split('\n'));
        assert.equal(after?.length, before?.length, 'lines were added or lost');
        for (const [index, line] of (before ?? []).entries()) {
          const now = after?.[index] ?? '';
          if (isJsonObject(line)) assert.ok(isJsonObject(now), 'a message is broken');
          else if (/^[\t -~]*$/.test(line) && commands === 'keep') assert.equal(now, line, 'plain text was changed');
        }
        return undefined;
      },
    }),
  ),
  {
    name: 'output-events',
    modules: ['report/wrap-output.ts'],
    seeds: terminalSeeds,
    words: terminalWords,
    mostBytes: 1024 * 1024,
    feed: async (bytes) => {
      const events = (await through(wrapOutput(), [bytes])).toString('utf8');
      for (const line of events.split('\n').slice(0, -1)) assert.equal(JSON.parse(line).event, 'output');
      return undefined;
    },
  },
  {
    name: 'names-in-output',
    modules: ['report/watch-names.ts'],
    seeds: () => [text('cannot open .env', 'config/secret.pem: no such file', 'environment')],
    words: ['.env', 'secret.pem', ' ', '.', 'x', '/', 'ä'],
    mostBytes: 1024 * 1024,
    feed: (bytes, cuts) => {
      const seen = (given: readonly Buffer[]) => {
        const watch = watchNames(['.env', 'secret.pem', 'schlüssel.key']);
        const stream = new Readable({ read: () => {} });
        watch.listen(stream);
        for (const piece of given) stream.emit('data', piece);
        return [...watch.seen()].sort().join();
      };
      const ended = Buffer.concat([bytes, Buffer.from(' .')]);
      assert.equal(
        seen(pieces(ended, ended.length > 100_000 ? [65_536] : cuts)),
        seen([ended]),
        'the cuts change what is seen',
      );
      return undefined;
    },
  },
  {
    name: 'engine-output',
    modules: ['engine/docker/demultiplex.ts'],
    seeds: () => [Buffer.concat([frame(1, 'out\n'), frame(2, 'error\n'), frame(1, ''), frame(1, 'x'.repeat(300))])],
    words: [frame(1, 'a'), frame(2, 'b'), new Uint8Array([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])],
    mostBytes: 1024 * 1024,
    feed: async (bytes, cuts) => {
      const got: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
      const given = pieces(bytes, bytes.length > 100_000 ? [65_536] : cuts);
      await demultiplex(Readable.from(given), (channel, part) => void got[channel].push(Buffer.from(part)));
      const { out, err } = demultiplexed(bytes);
      assert.ok(Buffer.concat(got.stdout).equals(out) && Buffer.concat(got.stderr).equals(err), 'bytes went astray');
      return undefined;
    },
  },
  {
    name: 'pull-progress',
    modules: ['engine/docker/follow-progress.ts'],
    seeds: () => [
      text('{"status":"Pulling","id":"1","progressDetail":{"current":1,"total":2}}', '{"status":"done"}'),
      text('{"errorDetail":{"message":"denied"},"error":"denied"}', '{"stream":"x"}'),
    ],
    words: ['{"', '":', '"}', '\n', 'null', 'errorDetail', 'progressDetail', '\\u001b'],
    mostBytes: 1024 * 1024,
    feed: (bytes, cuts) => followProgress(Readable.from(pieces(bytes, bytes.length > 100_000 ? [65_536] : cuts))),
  },
];

function isJsonObject(line: string): boolean {
  if (!/^[ \t\r]*\{/.test(line)) return false;
  try {
    const value: unknown = JSON.parse(Buffer.from(line, 'latin1').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
