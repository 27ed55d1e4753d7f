import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { elfSections } from '../../../src/verify/read-elf.ts';

const program = readFileSync('/bin/true');

/** What binutils makes of it: name, offset and size of all sections that take room in the file. */
function byReadelf(file: string): readonly string[] {
  const text = execFileSync('readelf', ['-SW', file], { encoding: 'utf8' });
  return [...text.matchAll(/^ +\[ *\d+\] (\S+) +(\S+) +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+) /gm)]
    .filter(([, , type, , size]) => type !== 'NOBITS' && Number.parseInt(size ?? '', 16) > 0)
    .map(
      ([, name, , offset, size]) => `${name} ${Number.parseInt(offset ?? '', 16)} ${Number.parseInt(size ?? '', 16)}`,
    );
}

test('the sections of a program are those that binutils sees', () => {
  const found = elfSections(program);
  assert.ok(found !== null && found.length > 10);
  assert.deepEqual(
    found.map(({ name, offset, size }) => `${name} ${offset} ${size}`),
    byReadelf('/bin/true'),
  );
});

/** An ELF file of 32 bits and the other byte order: a header, the names, and a table of three sections. */
function bigEndian(): Buffer {
  const bytes = Buffer.alloc(52 + 32 + 3 * 40);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 2, 1]);
  bytes.writeUInt32BE(84, 32);
  bytes.writeUInt16BE(40, 46);
  bytes.writeUInt16BE(3, 48);
  bytes.writeUInt16BE(1, 50);
  bytes.write('\0.names\0.text\0', 52, 'latin1');
  const section = (index: number, values: readonly number[]) =>
    values.forEach((value, at) => {
      bytes.writeUInt32BE(value, 84 + index * 40 + at * 4);
    });
  section(1, [1, 3, 0, 0, 52, 14]);
  section(2, [8, 1, 0, 0, 66, 10]);
  return bytes;
}

test('a file of 32 bits with the other byte order is read, too', () => {
  assert.deepEqual(elfSections(bigEndian()), [
    { name: '.names', offset: 52, size: 14 },
    { name: '.text', offset: 66, size: 10 },
  ]);
});

test('what is no ELF file, or one whose table leads out of it, has no sections', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('#!/bin/sh\n'), program.subarray(0, 40), program.subarray(0, 64)])
    assert.equal(elfSections(bytes), null);
  const far = Buffer.from(program);
  far.writeBigUInt64LE(2n ** 63n, 40);
  assert.equal(elfSections(far), null);
  const many = bigEndian();
  many.writeUInt16BE(0xffff, 48);
  assert.equal(elfSections(many), null);
  const outside = bigEndian();
  outside.writeUInt32BE(0xffffff00, 84 + 2 * 40 + 16);
  assert.deepEqual(
    elfSections(outside)?.map(({ name }) => name),
    ['.names'],
  );
  const nameless = bigEndian();
  nameless.writeUInt16BE(77, 50);
  assert.deepEqual(
    elfSections(nameless)?.map(({ name }) => name),
    ['section 1', 'section 2'],
  );
});
