import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { archiveMembers } from '../../../src/verify/read-archive.ts';

const long = 'a-name-that-is-longer-than-the-sixteen-characters-of-a-header.o';

function archive(context: TestContext): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'cargo-boxed-ar-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'one.o'), 'odd');
  writeFileSync(join(folder, long), 'content');
  execFileSync('ar', ['rcD', 'made.a', 'one.o', long], { cwd: folder });
  return readFileSync(join(folder, 'made.a'));
}

function contents(bytes: Buffer): readonly (readonly string[])[] {
  return (archiveMembers(bytes) ?? []).map(({ name, offset, size }) => [
    name,
    bytes.toString('latin1', offset, offset + size),
  ]);
}

test('the members of an archive of binutils are found, with names that are too long for a header', (context) => {
  const found = contents(archive(context)).filter(([name]) => name !== 'names' && name !== 'symbols');
  assert.deepEqual(found, [
    ['one.o', 'odd'],
    [long, 'content'],
  ]);
});

test('a long name as BSD writes it stands before the content', () => {
  const header = `${'#1/20'.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${'24'.padEnd(10)}\`\n`;
  const bytes = Buffer.from(`!<arch>\n${header}${'with space.o'.padEnd(20, '\0')}text`, 'latin1');
  assert.deepEqual(contents(bytes), [['with space.o', 'text']]);
});

test('what is no archive has no members, and one that is cut or lies has those before', (context) => {
  assert.equal(archiveMembers(Buffer.from('!<arch>')), null);
  assert.equal(archiveMembers(Buffer.from('\x7fELF')), null);
  const whole = archive(context);
  const cut = contents(whole.subarray(0, whole.length - 4));
  assert.deepEqual(cut.at(-1), ['one.o', 'odd']);
  const lying = Buffer.from(whole);
  lying.write('9999999999', whole.indexOf('one.o/') + 48);
  assert.deepEqual(
    contents(lying).filter(([name]) => name === 'one.o'),
    [],
  );
});
