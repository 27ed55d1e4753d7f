import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { holdLock } from '../../../src/host/hold-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'lock-'));
after(() => rmSync(folder, { recursive: true }));
const never = new AbortController().signal;

describe('holdLock', () => {
  it('passes over a holder that is gone, and leaves nothing behind', async () => {
    const file = join(folder, 'a');
    writeFileSync(file, JSON.stringify({ processId: 1, startTicks: 'x', bootId: 'another', what: 'a build' }));
    writeFileSync(`${file}.1-5-abcdefgh`, '');
    const held = await holdLock(
      file,
      'work',
      () => assert.fail('nobody to wait for'),
      never,
      async () => 7,
    );
    assert.deepEqual(held, { ok: true, value: 7 });
    assert.deepEqual(readdirSync(folder), []);
  });

  it('is given back when the work throws', async () => {
    const file = join(folder, 'b');
    await assert.rejects(
      holdLock(
        file,
        'work',
        () => {},
        never,
        () => Promise.reject(new Error('no')),
      ),
    );
    assert.deepEqual(readdirSync(folder), []);
  });
});
