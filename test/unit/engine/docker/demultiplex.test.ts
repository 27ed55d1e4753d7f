import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { demultiplex } from '../../../../src/engine/docker/demultiplex.ts';

function frame(channel: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = channel;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

test('frames come apart however the connection cuts them', async () => {
  const bytes = Buffer.concat([frame(1, 'hello '), frame(2, 'warning'), frame(1, ''), frame(1, 'world')]);
  for (let size = 1; size <= bytes.length; size++) {
    const got = { stdout: '', stderr: '' };
    const end = await demultiplex(pieces(bytes, size), (channel, piece) => {
      got[channel] += Buffer.from(piece).toString();
    });
    assert.equal(end, 'whole');
    assert.deepEqual(got, { stdout: 'hello world', stderr: 'warning' });
  }
});

test('an end within a frame is not a whole output', async () => {
  assert.equal(await demultiplex(pieces(frame(1, 'abc').subarray(0, 9), 100), () => undefined), 'cut');
  assert.equal(await demultiplex(pieces(frame(1, 'abc').subarray(0, 5), 100), () => undefined), 'cut');
});

test('nothing is read while the receiver is busy', async () => {
  let read = 0;
  async function* source() {
    for (let index = 0; index < 5; index++) {
      read++;
      yield frame(1, 'x');
    }
  }
  await demultiplex(source(), async () => {
    const before = read;
    await delay(5);
    assert.equal(read, before);
  });
});
