import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { filterTerminal, terminalFilter } from '../../../src/report/filter-terminal.ts';

function filtered(input: string | Buffer, commands: 'keep' | 'mark' = 'keep', cuts: readonly number[] = []): string {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  const filter = terminalFilter({ commands });
  const parts: Buffer[] = [];
  let start = 0;
  for (const end of [...cuts, bytes.length]) {
    parts.push(Buffer.from(filter.push(bytes.subarray(start, end))));
    start = end;
  }
  parts.push(filter.end());
  return Buffer.concat(parts).toString('utf8');
}

describe('what stays', () => {
  for (const text of [
    '',
    'plain text\n',
    'tab\tand return\r\n',
    '\u001b[1m\u001b[32m   Compiling\u001b[0m serde v1.0.0\n',
    '\u001b[38;5;12m-->\u001b[0m src/main.rs\n',
    '\u001b[38;2;1;2;3mx\u001b[48;5;7my\u001b[m',
    '\u001b[4:3mcurly\u001b[58:2::1:2:3m\u001b[0m',
    '    Building [=>   ] 1/9\r\u001b[K   Compiling a\n',
    '\u001b[2Kx\u001b[1K\u001b[0K',
    'äöü € 漢字 🦀 👩‍🚀\n',
    '\u001b]8;;https://example.org/a?b=c#d\u001b\\link\u001b]8;;\u001b\\',
    '\u001b]8;;file:///box/target/doc/index.html\u001b\\doc\u001b]8;;\u001b\\',
  ]) {
    it(JSON.stringify(text), () => assert.equal(filtered(text), text));
  }

  it('is the very chunk when there is nothing to drop', () => {
    const chunk = Buffer.from('some clean text\n');
    assert.equal(terminalFilter({ commands: 'keep' }).push(chunk).buffer, chunk.buffer);
  });
});

describe('what is dropped or changed', () => {
  const cases: readonly [string, string, string][] = [
    ['clipboard', 'a\u001b]52;c;ZXZpbA==\u0007b', 'ab'],
    ['clipboard, ended by ST', 'a\u001b]52;c;ZXZpbA==\u001b\\b', 'ab'],
    ['title', '\u001b]0;title\u0007\u001b]2;title\u001b\\x', 'x'],
    ['palette and colours by query', '\u001b]4;1;?\u0007\u001b]10;?\u001b\\x', 'x'],
    ['notifications and shell marks', '\u001b]9;hi\u0007\u001b]133;A\u0007\u001b]1337;File=:x\u0007x', 'x'],
    ['device queries', '\u001b[c\u001b[>c\u001b[6n\u001b[5n\u001b[?6n\u001b[x\u001b[14t\u001bZx', 'x'],
    ['answers to status strings', '\u001bP$q"p\u001b\\\u001bP+q544e\u001b\\x', 'x'],
    ['privacy and application strings', '\u001b^a\u001b\\\u001b_Gf=1;b\u001b\\\u001bXc\u001b\\x', 'x'],
    ['movements', 'a\u001b[A\u001b[2;3H\u001b[5B\u001b[3F\u001b[s\u001b[u\u001b7\u001b8\u001bMb', 'ab'],
    ['screen control', '\u001b[2J\u001b[3J\u001b[?1049h\u001b[?25l\u001b[1;2r\u001b[!p\u001bcx', 'x'],
    ['mouse and paste modes', '\u001b[?1000h\u001b[?2004h\u001b[?1004hx', 'x'],
    ['key reporting', '\u001b[>1u\u001b[=1u\u001b[?4mx', 'x'],
    ['character sets', '\u001b(0\u001b)B\u001b%G\u001b#8\u000e\u000fx', 'x'],
    ['bell, backspace, NUL, ENQ, form feed, DEL', 'a\u0007\b\0\u0005\u000b\u000c\u007fb', 'ab'],
    ['controls of one byte, as UTF-8', 'a\u009b2Jb\u0085c\u009d52;c;x\u009cd', 'a2Jbc52;c;xd'],
    ['direction', 'a\u202eb\u2066c\u2069d\u200fe\u061cf', 'abcdef'],
    ['concealed and blinking', '\u001b[8mhidden\u001b[5m\u001b[6m\u001b[28mx', 'hiddenx'],
    ['concealed among others', '\u001b[1;8;31mx\u001b[0m', '\u001b[1;31mx\u001b[0m'],
    ['half of a colour', '\u001b[38;8mx\u001b[38;5mx\u001b[38;2;8mx', 'xxx'],
    ['a number of a colour that looks like conceal', '\u001b[38;5;8mx\u001b[0m', '\u001b[38;5;8mx\u001b[0m'],
    ['black, whose number ends like a reset', '\u001b[38;5;0mx', '\u001b[38;5;0mx\u001b[0m'],
    ['the same of the ground', '\u001b[0;38;5;0;48;2;0;0;0mx', '\u001b[0;38;5;0;48;2;0;0;0mx\u001b[0m'],
    [
      'a colour of underlines that others read as conceal',
      '\u001b[58;5;8mx\u001b[58;2;8;8;8;1my\u001b[0m',
      'x\u001b[1my\u001b[0m',
    ],
    ['links to programs', '\u001b]8;;javascript:alert(1)\u001b\\a\u001b]8;;ssh://x\u001b\\b', 'ab'],
    ['links that are no addresses', '\u001b]8;;https://a b\u001b\\a\u001b]8;;https:\u001b\\b', 'ab'],
    [
      'options of a link',
      '\u001b]8;id=a1:x=y;https://a\u0007b\u001b]8;;\u0007',
      '\u001b]8;id=a1;https://a\u001b\\b\u001b]8;;\u001b\\',
    ],
    ['a sequence that is cut off', 'a\u001b[31', 'a'],
    ['a sequence that is broken by another', 'a\u001b[3\u001b[1mb\u001b[0m', 'a\u001b[1mb\u001b[0m'],
    ['a sequence that is broken by a line end', 'a\u001b[\n2Jb', 'a\n2Jb'],
    ['a string without end, up to the line end', 'a\u001b]52;c;evil\nerror: seen', 'a\nerror: seen'],
    ['a string without end, up to the return', 'a\u001bPevil\rseen', 'a\rseen'],
    ['a string that is cancelled', 'a\u001b]0;x\u0018b', 'ab'],
    ['an escape in an escape', 'a\u001b\u001b\u001b[2Jb', 'ab'],
    ['a parameter that is too long', `a\u001b[${'1;'.repeat(200)}1mb`, 'ab'],
    ['a link that is too long', `a\u001b]8;;https://${'x'.repeat(4000)}\u001b\\b`, 'ab'],
    [
      'colours and links that are left open',
      '\u001b[31m\u001b]8;;https://a\u001b\\x',
      '\u001b[31m\u001b]8;;https://a\u001b\\x\u001b[0m\u001b]8;;\u001b\\',
    ],
  ];
  for (const [what, input, expected] of cases) {
    it(what, () => assert.equal(filtered(input), expected));
  }

  it('wrong UTF-8 becomes U+FFFD, and a control byte of eight bits with it', () => {
    assert.equal(filtered(Buffer.from([0x61, 0xff, 0x62])), 'a\ufffdb');
    assert.equal(filtered(Buffer.from([0x9b, 0x32, 0x4a])), '\ufffd2J');
    assert.equal(filtered(Buffer.from([0xc0, 0x9b, 0x41])), '\ufffd\ufffdA');
    assert.equal(filtered(Buffer.from([0xed, 0xa0, 0x80])), '\ufffd\ufffd\ufffd');
    assert.equal(filtered(Buffer.from([0xf4, 0x90, 0x80, 0x80])), '\ufffd'.repeat(4));
    assert.equal(filtered(Buffer.from([0x61, 0xe2, 0x82])), 'a\ufffd');
    assert.equal(filtered(Buffer.from([0xe2, 0x1b, 0x5b, 0x32, 0x4a])), '\ufffd');
  });
});

describe('lines that a CI service would take for commands', () => {
  const cases: readonly [string, string][] = [
    ['::error::x\n', '│ ::error::x\n'],
    ['a\n  ::set-env name=a::b\n', 'a\n  │ ::set-env name=a::b\n'],
    ['a\r::stop-commands::x', 'a\r│ ::stop-commands::x'],
    ['\u00a0\u3000::error::x', '\u00a0\u3000│ ::error::x'],
    ['\u200b\u00ad::error::x', '\u200b\u00ad│ ::error::x'],
    [':\u200b:error::x', '│ :\u200b:error::x'],
    ['\u001b[1m::error::x\u001b[0m', '\u001b[1m│ ::error::x\u001b[0m'],
    ['\u001b]0;x\u0007::error::x', '│ ::error::x'],
    [':\u001b[1m:error::\u001b[0m', '│ :\u001b[1m:error::\u001b[0m'],
    ['##[group]x', '##│[group]x'],
    ['warning: a@1: ##[set-output name=x]y', 'warning: a@1: ##│[set-output name=x]y'],
    ['x ##VSO[task.setvariable variable=a]b', 'x ##VSO│[task.setvariable variable=a]b'],
    ['#\u200b#\u0007[x', '#\u200b#│[x'],
    ['#\u001b[31m#[x\u001b[0m', '#\u001b[31m#│[x\u001b[0m'],
    ["##teamcity[buildProblem description='x']", "##teamcity│[buildProblem description='x']"],
    ['section_start:1:x\r\u001b[K', 'section_start│:1:x\r\u001b[K'],
    ['asection_end:1:x', 'asection_end│:1:x'],
  ];
  for (const [input, expected] of cases) {
    it(JSON.stringify(input), () => {
      assert.equal(filtered(input, 'mark'), expected);
      const bytes = Buffer.from(input);
      const everyByte = Array.from({ length: bytes.length }, (_, index) => index);
      assert.equal(filtered(input, 'mark', everyByte), expected);
    });
  }

  for (const text of [
    'error[E0433]: use of std::fs\n',
    ': x\n',
    ' : :\n',
    '# heading\n## heading\n[a]\n',
    'a::b\n',
    'test a::b ... ok\n',
    'x[0] #[derive(Debug)]\n',
  ]) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.equal(filtered(text, 'mark'), text));
  }

  it('marks nothing outside of CI', () => assert.equal(filtered('::error::x\n##[x'), '::error::x\n##[x'));
});

const pieces = [
  '\u001b',
  '[',
  ']',
  'P',
  '\\',
  '\u0007',
  'm',
  'K',
  'J',
  'H',
  '0',
  '1',
  '8',
  ';',
  ':',
  '?',
  '31',
  '38;5;8',
  '52;c;eA',
  '8;;https://a',
  '\n',
  '\r',
  ' ',
  'text',
  '::',
  '##',
  '##[',
  '##vso[',
  'section_start:',
  '#',
  '\u200b',
  '\u202e',
  'ä',
  '🦀',
  '\u009b',
]
  .map((text) => Buffer.from(text))
  .concat([Buffer.from([0xff]), Buffer.from([0xe2, 0x82]), Buffer.from([0xf0]), Buffer.from([0x80])]);

const hostileBytes = fc
  .array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...pieces) }, fc.uint8Array({ maxLength: 4 })), {
    maxLength: 40,
  })
  .map((parts) => Buffer.concat(parts));
const cutPoints = fc.array(fc.nat({ max: 200 }), { maxLength: 8 });

/** All that may be left: text, and the sequences that are kept. */
const harmless =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /^(?:[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\u001b\[[0-9;:]*m|\u001b\[[012]?K|\u001b\]8;(?:id=[\w.-]+)?;(?:(?:https?|file):\/\/[!-~]+)?\u001b\\)*$/i;

/** Long runs ask for more: `FUZZ_RUNS=100000`. */
const runs = { numRuns: Number(process.env.FUZZ_RUNS ?? 3000) };

describe('for any bytes', () => {
  for (const commands of ['keep', 'mark'] as const) {
    it(`the cuts do not change the whole, and nothing harmful is left (${commands})`, () => {
      const property = fc.property(hostileBytes, cutPoints, (bytes, points) => {
        const cuts = points.map((point) => Math.min(point, bytes.length)).sort((left, right) => left - right);
        const whole = filtered(bytes, commands);
        assert.equal(filtered(bytes, commands, cuts), whole);
        assert.match(whole, harmless);
        if (commands === 'mark') assertNoCommand(whole);
      });
      fc.assert(property, runs);
    });
  }

  it('a second pass changes nothing', () => {
    const property = fc.property(hostileBytes, (bytes) => {
      const once = filtered(bytes);
      assert.equal(filtered(once), once);
    });
    fc.assert(property, runs);
  });

  it('clean text is left alone', () => {
    const property = fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const clean = text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '');
      assert.equal(filtered(clean), clean);
    });
    fc.assert(property, runs);
  });
});

function assertNoCommand(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that were kept are taken away
  const bare = text.replace(/\u001b\[[0-9;:]*[mK]|\u001b\]8;[^\u001b]*\u001b\\/g, '').replace(/\u200b/g, '');
  for (const line of bare.split(/[\r\n]/)) assert.ok(!line.trimStart().startsWith('::'));
  assert.doesNotMatch(text.replace(/\u200b/g, ''), /##\[|##vso\[|section_start:/i);
}

describe('as a stream', () => {
  it('needs no memory for 64 MiB without a line end', async () => {
    const stream = filterTerminal({ commands: 'mark' });
    let length = 0;
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
    });
    const before = process.memoryUsage().rss;
    for (const block of [Buffer.alloc(65536, 'x'), Buffer.alloc(65536, 0x1b), Buffer.alloc(65536, ';')]) {
      for (let index = 0; index < 350; index += 1) if (!stream.write(block)) await once(stream, 'drain');
      stream.write('\u001b]52;');
    }
    stream.end();
    await once(stream, 'end');
    assert.ok(length >= 350 * 65536);
    assert.ok(process.memoryUsage().rss - before < 120 * 1024 * 1024);
  });
});
