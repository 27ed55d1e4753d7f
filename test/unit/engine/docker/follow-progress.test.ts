import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { followProgress } from '../../../../src/engine/docker/follow-progress.ts';

const stream = (...lines: object[]) =>
  Readable.from([Buffer.from(lines.map((line) => JSON.stringify(line)).join('\r\n'))]);

test('progress is passed on', async () => {
  const seen: string[] = [];
  const done = await followProgress(
    stream({ status: 'Downloading', id: 'abc', progressDetail: { current: 1, total: 2 } }, { status: 'Done' }),
    (line) => seen.push(`${line.status} ${line.doneBytes}/${line.totalBytes}`),
  );
  assert.ok(done.ok);
  assert.deepEqual(seen, ['Downloading 1/2', 'Done null/null']);
});

test('an error inside of a good answer is an error', async () => {
  const done = await followProgress(
    stream({ status: 'Pulling' }, { errorDetail: { message: 'no \u001b[31mspace' }, error: 'no space' }),
  );
  assert.ok(!done.ok);
  assert.equal(done.problems[0]?.why, 'no \\u{1b}[31mspace');
});

test('what is not JSON is an error, not an end', async () => {
  const done = await followProgress(Readable.from([Buffer.from('{"status":"Pull')]));
  assert.ok(!done.ok);
});
