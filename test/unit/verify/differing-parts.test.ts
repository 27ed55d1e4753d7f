import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { differingParts } from '../../../src/verify/differing-parts.ts';
import { elfSections } from '../../../src/verify/read-elf.ts';

const program = readFileSync('/bin/true');
const section = (wanted: string) => elfSections(program)?.find(({ name }) => name === wanted) ?? assert.fail(wanted);

test('equal files have no parts that differ', () => {
  assert.deepEqual(differingParts(program, Buffer.from(program)), []);
});

test('a changed byte is found in its section, with what is around it', () => {
  const { offset, size } = section('.rodata');
  const other = Buffer.from(program);
  other[offset + 40] = (program[offset + 40] ?? 0) ^ 1;
  const [found, ...more] = differingParts(program, other);
  assert.equal(more.length, 0);
  assert.deepEqual([found?.name, found?.at, found?.sizes], ['.rodata', 40, [size, size]]);
  assert.equal(found?.sides[0].length, 40 + 1 + 64 + 128 + 1);
});

test('two differences that are far from each other are both looked at', () => {
  const left = Buffer.alloc(10_000);
  const right = Buffer.alloc(10_000);
  right.write('first', 10);
  right.write('second', 9000);
  const [found] = differingParts(left, right);
  assert.equal(found?.name, 'the file');
  assert.ok(found?.sides[1].includes('first') && found.sides[1].includes('second'));
});

test('of parts with different sizes all between their equal ends is looked at', () => {
  const [found] = differingParts(
    Buffer.from(`${'a'.repeat(500)}short${'z'.repeat(500)}`),
    Buffer.from(`${'a'.repeat(500)}a longer one${'z'.repeat(500)}`),
  );
  assert.deepEqual([found?.at, found?.sizes], [500, [1005, 1012]]);
  assert.match(found?.sides[1].toString() ?? '', /^a{128}a longer onez{128}$/);
});

test('bytes outside of all sections are a difference of the file', () => {
  const other = Buffer.from(program);
  other[9] = 77;
  assert.deepEqual(
    differingParts(program, other).map(({ name, at }) => [name, at]),
    [['the file', 9]],
  );
});

test('a file against nothing differs as a whole', () => {
  const found = differingParts(Buffer.alloc(0), Buffer.from('x'));
  assert.deepEqual(
    found.map(({ name, sizes }) => [name, sizes]),
    [['the file', [0, 1]]],
  );
});
