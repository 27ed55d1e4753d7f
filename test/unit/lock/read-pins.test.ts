import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Pins } from '../../../src/lock/pins.ts';
import { readPins } from '../../../src/lock/read-pins.ts';
import { pinsText, writeOwnPins } from '../../../src/lock/write-pins.ts';

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
      assert.equal(read.problems[0]?.code, 'config');
      assert.ok(read.problems[0]?.fix);
    });
  }

  it('does not follow a link', () => {
    const file = join(folder, 'link.lock');
    symlinkSync('/etc/passwd', file);
    const read = readPins(file);
    assert.ok(!read.ok);
    assert.doesNotMatch(JSON.stringify(read.problems), /root:/);
  });
});
