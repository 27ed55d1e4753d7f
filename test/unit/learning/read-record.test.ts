import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecord } from '../../../src/learning/read-record.ts';

const record = (...fields: readonly string[]) => `${fields.join('\0')}\0\x1e`;

test('modules are read out of every way in which pkg-config is asked, each once', () => {
  const { asked } = readRecord(
    record('asked', 'alsa-sys', '--libs', '--cflags', 'alsa') +
      record('asked', 'alsa-sys', '--libs', '--cflags', 'alsa', 'alsa >= 1.2') +
      record('asked', 'gtk4-sys', '--exists', 'gtk4 >= 4.0, glib-2.0>=2.66') +
      record('asked', 'zmq-sys', '--atleast-version', '4.1', 'libzmq'),
  );
  assert.deepEqual(
    [...asked],
    [
      ['alsa-sys', ['alsa']],
      ['gtk4-sys', ['gtk4', 'glib-2.0']],
      ['zmq-sys', ['libzmq']],
    ],
  );
});

test('programs that are not there are kept by package', () => {
  const { absent } = readRecord(record('absent', 'libR-sys', 'R') + record('absent', 'libR-sys', 'R'));
  assert.deepEqual([...absent], [['libR-sys', ['R']]]);
});

test('programs that `which` was asked for are kept by package', () => {
  const { absent, sought } = readRecord(record('sought', 'hdfs-sys', 'java', '-a', 'javac'));
  assert.deepEqual([...sought], [['hdfs-sys', ['java', 'javac']]]);
  assert.equal(absent.size, 0);
});

test('what a hostile build writes is passed over or bounded', () => {
  const many = Array.from({ length: 200 }, (_, index) => record('asked', 'x', `m${index}`)).join('');
  assert.equal(readRecord(many).asked.get('x')?.length, 50);
  const odd = readRecord(
    [
      record('asked', '../x', 'a'),
      record('asked', 'y', '`rm`', '-x', '$(a)'),
      record('else', 'z', 'a'),
      '\x1e\0\x1e',
    ].join(''),
  );
  assert.deepEqual([...odd.asked], [['y', []]]);
  assert.equal(odd.absent.size, 0);
});
