import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterTerminal } from '../../../src/report/filter-terminal.ts';
import type { PathMapping } from '../../../src/report/path-mapping.ts';
import { translatePaths } from '../../../src/report/translate-paths.ts';

const mappings: readonly PathMapping[] = [
  { inside: '/box/project', host: '/home/ann/übung' },
  { inside: '/box/target', host: '/cache/t' },
  { inside: '/box/same', host: '/box/same' },
];

function translated(pieces: readonly Buffer[], of = mappings): string {
  const translator = translatePaths(of);
  return Buffer.concat([...pieces.map((piece) => translator.push(piece)), translator.end()]).toString('utf8');
}

for (const [what, said, shown] of [
  ['in brackets', 'Compiling a v0.1.0 (/box/project)\n', 'Compiling a v0.1.0 (/home/ann/übung)\n'],
  ['in a place', ' --> /box/project/src/a.rs:3:5\n', ' --> /home/ann/übung/src/a.rs:3:5\n'],
  ['behind a colour', '\u001b[1m/box/target/out/a\u001b[0m', '\u001b[1m/cache/t/out/a\u001b[0m'],
  ['in quotes', '`/box/target/out/a`', '`/cache/t/out/a`'],
  ['as an address', 'path+file:///box/project#a@0.1.0', 'path+file:///home/ann/%C3%BCbung#a@0.1.0'],
  ['at the very end', 'in /box/project', 'in /home/ann/übung'],
  ['twice', '/box/project:/box/target.\n', '/home/ann/übung:/cache/t.\n'],
  ['of another folder', '/box/projects /box/project-x /box/project.rs', '/box/projects /box/project-x /box/project.rs'],
  ['inside of another path', '/x/box/project ../box/project', '/x/box/project ../box/project'],
  ['that is the same', '/box/same/x', '/box/same/x'],
] as const) {
  test(`a path ${what}, in any cuts`, () => {
    const bytes = Buffer.from(said);
    assert.equal(translated([bytes]), shown);
    assert.equal(translated([...bytes].map((byte) => Buffer.of(byte))), shown);
    for (let cut = 1; cut < bytes.length; cut += 1)
      assert.equal(translated([bytes.subarray(0, cut), bytes.subarray(cut)]), shown, `cut at ${cut}`);
  });
}

test('bytes that are no text pass as they are', () => {
  const bytes = Buffer.from([0xff, 0x2f, 0x00, 0xc3, 0x2f, 0x62]);
  const translator = translatePaths(mappings);
  assert.deepEqual(Buffer.concat([translator.push(bytes), translator.end()]), bytes);
});

test('what cannot be a path is not held back', () => {
  const translator = translatePaths(mappings);
  assert.equal(translator.push(Buffer.from('   Building [=>  ] 1/2: a\r')).toString(), '   Building [=>  ] 1/2: a\r');
  assert.equal(translator.push(Buffer.from('see /usr')).toString(), 'see /usr');
  assert.equal(translator.push(Buffer.from(' /box')).toString(), ' ');
});

test('the name of a folder of this machine does not act on the terminal', () => {
  const hostile = [{ inside: '/box/project', host: '/home/\u001b]0;title\u0007x' }];
  assert.equal(translated([Buffer.from('(/box/project)')], hostile), '(/home/\\u{1b}]0;title\\u{7}x)');
});

test('the filter translates what it has made safe, up to the end', async () => {
  const filter = filterTerminal({ commands: 'keep', paths: mappings });
  filter.end('\u001b[31m/box/target');
  const kept = Buffer.concat(await filter.toArray()).toString('utf8');
  assert.equal(kept, '\u001b[31m/cache/t\u001b[0m');
});
