import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PathMapping } from '../../../src/report/path-mapping.ts';
import { lineRewriter, rewriteMessages } from '../../../src/report/rewrite-messages.ts';

const mappings: readonly PathMapping[] = [
  { inside: '/box/project', host: '/home/me/my project' },
  { inside: '/box/target', host: '/cache/targets/a' },
  { inside: '/box/target/out', host: '/home/me/my project/target/boxed' },
  { inside: '/box/crates', host: '/cache/"quoted"/ü' },
];

function line(text: string): string {
  return lineRewriter(mappings)(Buffer.from(text)).toString('utf8');
}

async function streamed(
  input: Buffer,
  size: number,
  most?: number,
  commands: 'keep' | 'mark' = 'keep',
): Promise<Buffer> {
  const stream = rewriteMessages(mappings, { commands }, most);
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  for (let start = 0; start < input.length; start += size) stream.write(input.subarray(start, start + size));
  stream.end();
  await new Promise((done) => stream.on('end', done));
  return Buffer.concat(parts);
}

describe('paths in a JSON line', () => {
  const cases: readonly [string, unknown, unknown][] = [
    ['a path', '/box/project/src/main.rs', '/home/me/my project/src/main.rs'],
    ['the folder itself', '/box/project', '/home/me/my project'],
    ['the longest that fits', '/box/target/out/debug/app', '/home/me/my project/target/boxed/debug/app'],
    ['another', '/box/target/build/x', '/cache/targets/a/build/x'],
    ['characters that JSON escapes', '/box/crates/a-1.0.0/src/lib.rs', '/cache/"quoted"/ü/a-1.0.0/src/lib.rs'],
    [
      'an id with the name of the folder',
      'path+file:///box/project#project@0.1.0',
      'path+file:///home/me/my%20project#project@0.1.0',
    ],
    [
      'an id, named since the folder is not called so here',
      'path+file:///box/target/out#0.1.0',
      'path+file:///home/me/my%20project/target/boxed#out@0.1.0',
    ],
    [
      'an id, the name left out since the folder is called so here',
      'path+file:///box/target/out#boxed@0.1.0',
      'path+file:///home/me/my%20project/target/boxed#0.1.0',
    ],
    ['an id of a package below', 'path+file:///box/project/app#0.1.0', 'path+file:///home/me/my%20project/app#0.1.0'],
    ['an id', 'path+file:///box/project#app@0.1.0', 'path+file:///home/me/my%20project#app@0.1.0'],
    ['an id below', 'path+file:///box/project/crates/a#0.1.0', 'path+file:///home/me/my%20project/crates/a#0.1.0'],
    ['a link path', 'native=/box/target/build/x/out', 'native=/cache/targets/a/build/x/out'],
    ['an option', '-L/box/target/build', '-L/cache/targets/a/build'],
    [
      'in a text',
      ' --> /box/project/src/a.rs:1:2\n |\n/box/project/b',
      ' --> /home/me/my project/src/a.rs:1:2\n |\n/home/me/my project/b',
    ],
    ['after a colour', '\u001b[1m/box/project/a\u001b[0m', '\u001b[1m/home/me/my project/a\u001b[0m'],
    ['in quotes', 'at "/box/project".', 'at "/home/me/my project".'],
    ['two', '/box/project/a:/box/project/b', '/home/me/my project/a:/home/me/my project/b'],
    ['another name', '/box/project2/a', '/box/project2/a'],
    ['another name with a dot', '/box/project.old', '/box/project.old'],
    ['another name with an accent', '/box/projecté', '/box/projecté'],
    ['inside of a path', '/srv/box/project/a', '/srv/box/project/a'],
    ['inside of an address', 'https://example.org/box/project', 'https://example.org/box/project'],
    ['a backslash before', '\\/box/project', '\\/box/project'],
    ['unknown', '/box/other', '/box/other'],
  ];
  for (const [what, given, expected] of cases) {
    it(what, () => {
      const wrap = (value: unknown) => JSON.stringify({ reason: 'x', list: [1, { value }], ok: true });
      assert.deepEqual(JSON.parse(line(wrap(given))), JSON.parse(wrap(expected)));
    });
  }

  it('keeps every other byte', () => {
    const text = '  { "b" :1e3 , "a":"\\u00e9\\/ ü" ,"p":"/box/project" } \r\n';
    assert.equal(line(text), text.replace('/box/project', '/home/me/my project'));
  });

  it('leaves lines that are no JSON object', () => {
    for (const text of [
      'see /box/project/a',
      '{ /box/project }',
      '["/box/project"]',
      '"/box/project"',
      '{"a":"/box/project"} x',
    ]) {
      assert.equal(line(text), text);
    }
  });

  it('leaves wrong UTF-8 as it is', () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":"'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('","p":"/box/project"}'),
    ]);
    const expected = bytes.toString('latin1').replace('/box/project', '/home/me/my project');
    assert.equal(lineRewriter(mappings)(bytes).toString('latin1'), expected);
  });
});

describe('a stream of lines', () => {
  it('comes out the same for any cuts, without a final line end too', async () => {
    const text = `{"p":"/box/project"}\nplain /box/project\n\n{"q":"/box/target/x"}\r\n{"r":"/box/project/ü"}`;
    const expected = text
      .split('\n')
      .map((part) => (part.startsWith('{') ? line(part) : part))
      .join('\n');
    for (const size of [1, 2, 3, 7, 1000]) {
      assert.equal((await streamed(Buffer.from(text), size)).toString('utf8'), expected);
    }
  });

  it('passes a line that is too long as it is, and goes on after it', async () => {
    const long = `{"p":"/box/project${'x'.repeat(500)}"}`;
    const text = `${long}\n{"p":"/box/project"}\n`;
    const out = (await streamed(Buffer.from(text), 64, 200)).toString('utf8');
    assert.equal(out, `${long}\n{"p":"/home/me/my project"}\n`);
  });

  it('does a line of megabytes in well under a second', () => {
    const packages = Array.from({ length: 20_000 }, (_, index) => ({
      id: `path+file:///box/project/${index}#a`,
      path: `/box/crates/a${index}/x`,
    }));
    const text = Buffer.from(JSON.stringify({ packages }));
    const start = process.cpuUsage();
    const rewritten = JSON.parse(lineRewriter(mappings)(text).toString('utf8')) as typeof packages & {
      packages: typeof packages;
    };
    const spent = process.cpuUsage(start);
    assert.equal(rewritten.packages[9]?.path, '/cache/"quoted"/ü/a9/x');
    assert.ok((spent.user + spent.system) / 1000 < 1000);
  });

  it('does nothing without mappings', () => {
    const bytes = Buffer.from('{"p":"/box/project"}');
    assert.equal(lineRewriter([])(bytes), bytes);
  });
});

describe('between and in messages', () => {
  const shown = async (text: string | Buffer, commands: 'keep' | 'mark' = 'keep', size = 5) =>
    (await streamed(Buffer.from(text as string), size, undefined, commands)).toString('utf8');

  it('what is no message passes the filter', async () => {
    const text = 'a\u001b]52;c;eA==\u0007b\n{"p":"/box/project"}\n\u001b[2J{"a":1}\n{"a\u001b[c":1}\n\u001b[31mred';
    const expected = 'ab\n{"p":"/home/me/my project"}\n{"a":1}\n{"a":1}\n\u001b[31mred\u001b[0m';
    for (const size of [1, 4, 1000]) assert.equal(await shown(text, 'keep', size), expected);
  });

  it('what acts on a terminal is written by its number in a message, which stays the same', async () => {
    const value = { text: 'a\u009b2J\u007f\u202eb\u2066ü🦀\u061c /box/project/ü' };
    const text = `{"a":1, \r${JSON.stringify(value).slice(1)}\r\n`;
    const out = await shown(text);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is what is tested
    assert.doesNotMatch(out.trimEnd(), /[\u0000-\u001f\u007f-\u009f\u061c\u202e\u2066]/);
    assert.ok(out.endsWith('\r\n'));
    assert.deepEqual(JSON.parse(out), { a: 1, text: value.text.replace('/box/project', '/home/me/my project') });
  });

  it('commands for a CI service are marked, and in a message written so that they are none', async () => {
    const value = { a: '##vso[task.x]', b: 'section_start:1', c: '#\u200b#[error]', d: '::error::x', '##[e': '' };
    const text = `::error::x\n${JSON.stringify(value)}\n ##[group]x\n{"a":\r"::error::x"}\n`;
    const out = await shown(text, 'mark');
    const lines = out.split('\n');
    assert.equal(lines[0], '│ ::error::x');
    assert.deepEqual(JSON.parse(lines[1] ?? ''), value);
    assert.doesNotMatch(out, /#[\u200b]*#\[|##vso|section_start|[\r\n]\s*::/);
    assert.equal(await shown(text), text, 'outside of CI they are text');
  });

  it('a line that only begins and ends like a message, and is too long to be read, is as harmless', async () => {
    const text = `{"a\u001b]52;c;eA==\u0007${'x'.repeat(1024 * 1024)}\r::error::x\u009b}\n`;
    const out = await shown(text, 'mark', 65_536);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is what is tested
    assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('a million returns take no time', async () => {
    const started = performance.now();
    await shown(`{"a":1${'\r'.repeat(2_000_000)}\u007f}\n`, 'keep', 65_536);
    assert.ok(performance.now() - started < 2000);
  });
});

/** Long runs ask for more: `FUZZ_RUNS=100000`. */
const runs = { numRuns: Number(process.env.FUZZ_RUNS ?? 1000) };

describe('for any input', () => {
  it('a JSON object stays one, and only strings with a path of the box change', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom(...mappings.map(({ inside }) => `${inside}/a`)));
    const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(''));
    const property = fc.property(fc.dictionary(fc.string(), fc.oneof(text, fc.integer(), fc.array(text))), (value) => {
      const before = JSON.stringify(value);
      const after = line(before);
      const parsed = JSON.parse(after);
      if (!before.includes('/box/')) assert.equal(after, before);
      assert.equal(Object.keys(parsed).length, Object.keys(JSON.parse(before)).length);
    });
    fc.assert(property, runs);
  });

  it('any bytes pass, and the cuts do not change the whole', async () => {
    const piece = fc.oneof(
      fc.constantFrom('{', '}', '"', '\\', '\n', '/box/project', '/', ':', 'a').map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 3 }),
    );
    const property = fc.asyncProperty(
      fc.array(piece, { maxLength: 30 }),
      fc.integer({ min: 1, max: 40 }),
      async (parts, size) => {
        const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
        const whole = await streamed(bytes, Math.max(1, bytes.length));
        assert.ok((await streamed(bytes, size)).equals(whole));
      },
    );
    await fc.assert(property, { numRuns: Math.min(300, runs.numRuns) });
  });
});

describe('a line that is longer than any message', () => {
  it('ends nothing, whatever its characters would become as JSON', async () => {
    const size = 100 * 1024 * 1024;
    const input = Buffer.concat([Buffer.from('{"a":"'), Buffer.alloc(size, 1), Buffer.from('"}\n')]);
    assert.equal((await streamed(input, 1024 * 1024)).toString('utf8'), '{"a":""}\n');
  });
});
