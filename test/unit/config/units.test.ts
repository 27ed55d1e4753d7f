import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, formatSize, parseDuration, parseSize } from '../../../src/config/units.ts';

test('sizes have a unit whose case counts', () => {
  const sizes: readonly (readonly [string, number])[] = [
    ['1B', 1],
    ['2kB', 2000],
    ['2KB', 2000],
    ['512MiB', 512 * 2 ** 20],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['2GB', 2e9],
    ['1TiB', 2 ** 40],
    ['0.1GB', 1e8],
  ];
  for (const [text, bytes] of sizes) assert.deepEqual(parseSize(text), { ok: true, value: bytes }, text);
});

test('a wrong size says what was probably meant', () => {
  const meant = (text: string) => {
    const size = parseSize(text);
    return size.ok ? 'read' : size.meant;
  };
  assert.deepEqual(meant('4gb'), ['4GB', '4GiB']);
  assert.deepEqual(meant('4G'), ['4GiB']);
  assert.deepEqual(meant('4gib'), ['4GiB']);
  assert.deepEqual(meant('4 GiB'), ['4GiB']);
  assert.deepEqual(meant('4096'), ['4096MiB', '4096GiB']);
  assert.deepEqual(meant('4b'), ['4B']);
  for (const text of ['', 'GiB', '-1GiB', '4PiB', '1e3B', '0B', '99999999TiB', '4GiBx', '٤GiB', '1'.repeat(100)]) {
    assert.ok(!parseSize(text).ok, text);
  }
});

test('times have units from the largest to the smallest', () => {
  const times: readonly (readonly [string, number])[] = [
    ['250ms', 250],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['1d2h3m4s5ms', 93_784_005],
  ];
  for (const [text, milliseconds] of times)
    assert.deepEqual(parseDuration(text), { ok: true, value: milliseconds }, text);
});

test('a wrong time says what was probably meant', () => {
  const meant = (text: string) => {
    const duration = parseDuration(text);
    return duration.ok ? 'read' : duration.meant;
  };
  assert.deepEqual(meant('30'), ['30s', '30m']);
  assert.deepEqual(meant('30min'), ['30m']);
  assert.deepEqual(meant('1 hour 30 minutes'), ['1h30m']);
  assert.deepEqual(meant('30M'), ['30m']);
  assert.deepEqual(meant('1h 30m'), ['1h30m']);
  for (const text of [
    '',
    'm',
    '30m1h',
    '1h1h',
    '1h30',
    '0s',
    '25d',
    '-1s',
    '1x',
    '9'.repeat(60),
    `${'1'.repeat(63)}!`,
  ]) {
    assert.ok(!parseDuration(text).ok, text);
  }
});

test('what is formatted is read as the same number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (bytes) => {
      assert.deepEqual(parseSize(formatSize(bytes)), { ok: true, value: bytes });
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 24 * 86_400_000 }), (milliseconds) => {
      assert.deepEqual(parseDuration(formatDuration(milliseconds)), { ok: true, value: milliseconds });
    }),
  );
});
