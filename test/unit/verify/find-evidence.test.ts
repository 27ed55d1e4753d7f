import assert from 'node:assert/strict';
import test from 'node:test';
import { varied } from '../../../src/plan/variations.ts';
import { clockOf, findEvidence, type Side, timeIn } from '../../../src/verify/find-evidence.ts';

const fromMs = Date.UTC(2026, 10, 27, 5, 30);
const clock = clockOf([], fromMs, fromMs + 60_000);
const usual: Side = {
  clock,
  project: '/box/project',
  target: '/box/target',
  home: '/box/home',
  hostName: '',
  userName: 'box',
  userId: '',
  locale: 'C.UTF-8',
  timeZone: '',
};
const other: Side = {
  clock: clockOf(['clock'], fromMs + 90_000, fromMs + 150_000),
  project: varied.project,
  target: varied.target,
  home: varied.home,
  hostName: varied.hostName,
  userName: varied.userName,
  userId: String(varied.userId),
  locale: 'POSIX',
  timeZone: varied.timeZone,
};

function causes(left: string, right: string) {
  const sides = [Buffer.from(left, 'latin1'), Buffer.from(right, 'latin1')] as const;
  return findEvidence({ name: '.rodata', at: 0, sizes: [left.length, right.length], sides }, usual, other);
}

test('a word that only the other box has is evidence, together with the usual one', () => {
  assert.deepEqual(causes(`at /box/project/src`, `at ${varied.project}/src`), [
    { cause: 'project-path', found: ['/box/project', varied.project] },
  ]);
  assert.deepEqual(causes('on boxed', `on ${varied.hostName}`), [{ cause: 'host-name', found: ['', varied.hostName] }]);
  assert.deepEqual(causes('', `at ${varied.project}`), [], 'the first would have its own path there');
  assert.deepEqual(causes('/box/project', '/box/project!'), []);
});

test('a time is evidence when each side has one of its own build', () => {
  const [one, two] = [fromMs / 1000 + 30, Math.floor(other.clock.fromMs / 1000) + 5];
  for (const unit of ['', '000', '123456', '123456789']) {
    const found = causes(`built ${one}${unit};`, `built ${two}${unit};`);
    assert.deepEqual(
      found.map(({ cause }) => cause),
      ['clock'],
      unit,
    );
  }
  assert.deepEqual(causes(`built ${one}`, `built ${one + 1}`), [], 'not of the clock that the other had');
  assert.deepEqual(causes('built 1234567890', 'built 1234567891'), []);
});

test('dates are known as people and programs write them, and numbers as machines do', () => {
  for (const date of ['2026-11-27', '20261127', 'Nov 27 2026', '27 Nov 2026', '2026/11/27'])
    assert.equal(timeIn(`made ${date} here`, clock), date);
  assert.equal(timeIn('made 2026-11-20', clock), null);
  const bytes = Buffer.alloc(24, 0xff);
  bytes.writeBigUInt64LE(BigInt(fromMs / 1000 + 1), 7);
  assert.equal(timeIn(bytes.toString('latin1'), clock), `${fromMs / 1000 + 1} as a number`);
  assert.equal(timeIn('12345678901234567890123', clock), null);
});
