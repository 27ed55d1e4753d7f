import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainFailure } from '../../../src/environment/debian/mmdebstrap-problems.ts';
import { endWhenFull } from '../../../src/host/end-when-full.ts';
import { runProgram } from '../../../src/host/program.ts';

// A program that waits for ever, as apt does; only what is free on the disk is told to it.
const waiting = (signal: AbortSignal) => runProgram('/bin/sleep', ['600'], { variables: {}, signal });

test('a program on a disk that stays full is ended, and the disk is named', async () => {
  const ended = await endWhenFull(['/small'], undefined, waiting, { free: () => 4096, everyMs: 5 });
  assert.notEqual(ended.status, 0);
  assert.deepEqual(explainFailure('it failed', ended.stderr).why, 'the disk is full');
});

test('one on a disk with room, one that is full for a moment, or that nobody can measure is left alone', async () => {
  const short = (signal: AbortSignal) => runProgram('/bin/sleep', ['0.1'], { variables: {}, signal });
  const moments = [0, 0, 0, 1e9];
  let look = 0;
  for (const free of [() => 1e9, () => moments[look++ % moments.length] ?? 0, () => null]) {
    const ended = await endWhenFull(['/small'], undefined, short, { free, everyMs: 5 });
    assert.deepEqual([ended.status, ended.stderr], [0, '']);
  }
});

test('an interruption ends it too, and says nothing of a disk', async () => {
  const ended = await endWhenFull(['/'], AbortSignal.timeout(20), waiting, { free: () => 1e9 });
  assert.notEqual(ended.status, 0);
  assert.doesNotMatch(ended.stderr, /No space/);
});
