import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { withPins } from '../../../src/lock/lock-file.ts';
import type { DebianPins, Pins } from '../../../src/lock/pins.ts';
import { readLockFile, readPins } from '../../../src/lock/read-pins.ts';
import { lockText, pinsText, writeOwnPins } from '../../../src/lock/write-pins.ts';

const folder = mkdtempSync(join(tmpdir(), 'pins-'));
after(() => rmSync(folder, { recursive: true }));

const pins: Pins = {
  version: 1,
  debian: {
    suite: 'bookworm',
    architecture: 'amd64',
    layers: ['openssl'],
    snapshot: '20261101T000000Z',
    rootSha256: 'b'.repeat(64),
    packages: [
      {
        name: 'libssl-dev',
        version: '3.0.17-1~deb12u2',
        architecture: 'amd64',
        archive: 'debian',
        path: 'pool/main/o/openssl/libssl-dev_3.0.17-1~deb12u2_amd64.deb',
        sizeBytes: 2_000_000,
        sha256: 'c'.repeat(64),
      },
    ],
  },
};

const reading = (text: string) => {
  const file = join(folder, 'case.lock');
  writeFileSync(file, text);
  return readPins(file);
};
const withDebian = (change: object) => JSON.stringify({ ...pins, debian: { ...pins.debian, ...change } });

describe('readPins', () => {
  it('reads what was written, and knows when there is none', () => {
    const file = join(folder, 'good.lock');
    assert.ok(writeOwnPins(file, pins).ok);
    assert.deepEqual(readPins(file), { ok: true, value: pins });
    assert.deepEqual(readPins(join(folder, 'none.lock')), { ok: true, value: null });
  });

  it('writes equal pins as equal bytes', () => {
    const turned = { debian: { ...pins.debian }, version: 1 } as Pins;
    assert.equal(pinsText(turned), pinsText(pins));
  });

  const broken: Readonly<Record<string, string>> = {
    'no JSON': '{',
    'a list': '[]',
    'another version': '{"version":2}',
    'an unknown section': '{"version":1,"extra":{}}',
    'words that act on a terminal': JSON.stringify({ version: 1, about: 'a\u001b]52;c;eA==\u0007' }),
    'words that turn their direction': JSON.stringify({ version: 1, about: 'a\u202eb' }),
    'a line of its own': JSON.stringify({ version: 1, about: 'a\n::error::b' }),
    'a prototype key': '{"version":1,"__proto__":{"debian":{}}}',
    'a root that is no sum': withDebian({ rootSha256: '../../etc' }),
    'a path that climbs': withDebian({ packages: [{ ...pins.debian?.packages[0], path: 'pool/../../x.deb' }] }),
    'a name that is an option': withDebian({ packages: [{ ...pins.debian?.packages[0], name: '-oDir::Etc=x' }] }),
    'a missing field': withDebian({ suite: undefined }),
    'an extra field': withDebian({ hook: 'x' }),
  };
  for (const [name, text] of Object.entries(broken)) {
    it(`refuses ${name}`, () => {
      const read = reading(text);
      assert.ok(!read.ok, text);
      assert.match(read.problems[0]?.code ?? '', /^(?:config|lock-newer)$/);
      assert.ok(read.problems[0]?.fix);
    });
  }

  it('says where: the line of a conflict, the place in JSON, the value', () => {
    const text = pinsText(pins);
    const lines = text.split('\n');
    const merged = [
      ...lines.slice(0, 3),
      '<<<<<<< HEAD',
      ...lines.slice(3, 5),
      '=======',
      '>>>>>>> other',
      ...lines.slice(5),
    ];
    for (const [broken, place, why] of [
      [merged.join('\n'), { line: 4 }, /conflict markers of a merge/],
      [
        text.replace('"suite": "bookworm"', '"suite": bookworm'),
        { line: lines.findIndex((line) => /"suite"/.test(line)) + 1 },
        /not JSON/,
      ],
      [text.slice(0, 40), {}, /not JSON/],
      [
        withDebian({ packages: [{ ...pins.debian?.packages[0], sha256: 'x' }] }),
        {},
        /debian\.packages\[0\]\.sha256 is not as/,
      ],
      [withDebian({ suite: undefined }), {}, /debian\.suite is missing/],
      [withDebian({ hook: 'x' }), {}, /debian\.hook is not known/],
      [
        JSON.stringify({ version: 1, debian: [pins.debian, { ...pins.debian, layers: [1] }] }),
        {},
        /debian\[1\]\.layers\[0\]/,
      ],
      [JSON.stringify({ version: 1, debian: [pins.debian, pins.debian] }), {}, /two entries for the same/],
    ] as const) {
      const read = reading(broken);
      assert.ok(!read.ok, broken);
      const [problem] = read.problems;
      assert.match(problem?.why ?? '', why);
      for (const [name, value] of Object.entries(place)) assert.equal(problem?.where?.[name as 'line'], value, broken);
      assert.doesNotMatch(JSON.stringify(problem), /HEAD/);
    }
  });

  it('names the release that a newer format needs, and takes only a number for one', () => {
    const needing = (more: object) => {
      const read = reading(JSON.stringify({ version: 7, ...more }));
      assert.ok(!read.ok);
      return [read.problems[0]?.code, `${read.problems[0]?.why} ${read.problems[0]?.fix}`];
    };
    assert.deepEqual(needing({ needs: '2.1.0' }), [
      'lock-newer',
      'its format is version 7, and this cargo-boxed reads up to version 1 Use cargo-boxed 2.1.0 or newer.',
    ]);
    assert.match(String(needing({ needs: '$(id)' })), /Use a newer cargo-boxed\./);
  });

  it('reads several environments, and writes them as they were', () => {
    const lock = withPins(withPins(null, pins), {
      version: 1,
      debian: { ...(pins.debian as DebianPins), architecture: 'arm64' },
    });
    const file = join(folder, 'several.lock');
    writeFileSync(file, lockText(lock));
    const read = readLockFile(file);
    assert.ok(read.ok && read.value !== null);
    assert.deepEqual(read.value, lock);
    assert.equal(lockText(read.value), lockText(lock));
    assert.match(lockText(lock), /^\{\n {2}"about": "What builds this project/);
  });

  it('does not follow a link', () => {
    const file = join(folder, 'link.lock');
    symlinkSync('/etc/passwd', file);
    const read = readPins(file);
    assert.ok(!read.ok);
    assert.doesNotMatch(JSON.stringify(read.problems), /root:/);
  });
});
