import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { readGitIndex } from '../../../src/facts/git-index.ts';
import { cpuMs } from '../../support/cpu-clock.ts';
import { temporaryTree } from './temporary-tree.ts';

const files = ['.env', 'a/b/c.key', 'a/b/c.pem', 'a/long'.padEnd(250, 'x'), 'z.txt'];

function indexOf(context: TestContext, version: number): Buffer {
  const folder = temporaryTree(context, {});
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `content of ${file}\n`);
  }
  git(folder, 'init', '--quiet');
  git(folder, 'add', '.');
  // An entry with the flags that only version 3 and later have.
  if (version > 2) {
    writeFileSync(join(folder, 'later'), 'x');
    git(folder, 'add', '--intent-to-add', 'later');
  }
  git(folder, 'update-index', '--index-version', String(version));
  return readFileSync(join(folder, '.git/index'));
}

function git(folder: string, ...words: readonly string[]): string {
  return execFileSync('git', ['-C', folder, ...words], { encoding: 'utf8', env: { PATH: process.env.PATH } });
}

function read(bytes: Buffer): { names: string[]; ids: string[]; kind: string } {
  const names: string[] = [];
  const ids: string[] = [];
  const reading = readGitIndex(bytes, 20, (name, _mode, id) => {
    names.push(name.toString());
    ids.push(id.toString('hex'));
  });
  return { names, ids, kind: reading.kind };
}

for (const version of [2, 3, 4]) {
  test(`reads what git wrote in version ${version}`, (context) => {
    const found = read(indexOf(context, version));
    assert.equal(found.kind, 'read');
    assert.deepEqual(found.names, [...files, ...(version > 2 ? ['later'] : [])].sort());
    const id = execFileSync('git', ['hash-object', '--stdin'], { input: 'content of .env\n', encoding: 'utf8' });
    assert.equal(found.ids[0], id.trim());
  });

  test(`survives any damage to version ${version}`, (context) => {
    const whole = indexOf(context, version);
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 8 });
    fc.assert(
      fc.property(damage, fc.nat(whole.length), (changes, length) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        const { names } = read(bytes.subarray(0, length));
        assert.ok(names.every((name) => Buffer.byteLength(name) <= 3 * 4096));
      }),
      { numRuns: 3000 },
    );
  });
}

test('takes any bytes, also behind a true head', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 0, max: 5 }), (tail, version) => {
      const head = Buffer.alloc(12);
      head.write('DIRC');
      head.writeUInt32BE(version, 4);
      head.writeUInt32BE(0xffffffff, 8);
      assert.equal(read(Buffer.concat([head, tail])).kind, 'damaged');
      read(Buffer.from(tail));
    }),
    { numRuns: 3000 },
  );
});

test('names that grow from entry to entry take no more time than their bytes', () => {
  const entry = Buffer.concat([Buffer.alloc(62), Buffer.from([0]), Buffer.from('a\0')]);
  const count = 200_000;
  const head = Buffer.alloc(12);
  head.write('DIRC');
  head.writeUInt32BE(4, 4);
  head.writeUInt32BE(count, 8);
  const begin = cpuMs();
  const { kind } = read(Buffer.concat([head, ...Array.from({ length: count }, () => entry), Buffer.alloc(20)]));
  assert.equal(kind, 'damaged');
  assert.ok(cpuMs() - begin < 2000);
});
