import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { charge, type DiskAccount, nextLookMs, pauseAfterCountMs, type Room } from '../../../src/disk/disk-account.ts';

const account = (folderBytes: number, ...room: Room[]): DiskAccount => ({ folderBytes, room });

describe('charge', () => {
  it('adds what every file system has lost, and each new file', () => {
    const before = account(10, { freeBytes: 5000, files: 1 }, { freeBytes: 900, files: 7 });
    const after = charge(before, [
      { freeBytes: 4000, files: 3 },
      { freeBytes: 800, files: 7 },
    ]);
    assert.equal(after.folderBytes, 10 + 1000 + 2 * 4096 + 100);
  });

  it("believes nothing that gets free: it may be somebody else's", () => {
    const freed = charge(account(10, { freeBytes: 5000, files: 9 }), [{ freeBytes: 9000, files: 1 }]);
    assert.equal(freed.folderBytes, 10);
    assert.equal(charge(freed, [{ freeBytes: 8000, files: 1 }]).folderBytes, 1010);
  });

  it('never charges less than what a box has written, whatever others do in other looks', () => {
    const steps = fc.array(fc.record({ own: fc.nat(1e6), others: fc.integer({ min: -1e6, max: 1e6 }) }));
    fc.assert(
      fc.property(steps, (all) => {
        let [free, charged, own] = [1e9, account(0, { freeBytes: 1e9, files: 0 }), 0];
        for (const step of all) {
          free -= step.own;
          own += step.own;
          charged = charge(charged, [{ freeBytes: free, files: 0 }]);
          free -= step.others;
          charged = charge(charged, [{ freeBytes: free, files: 0 }]);
        }
        assert.ok(charged.folderBytes >= own);
      }),
    );
  });
});

describe('when to look', () => {
  it('is before the rest can be written, and never less often than needed', () => {
    assert.equal(nextLookMs(0, 2), 1);
    assert.equal(nextLookMs(-5, 2), 1);
    assert.equal(nextLookMs(400e6, 1), 50);
    assert.equal(nextLookMs(400e6, 5), 10);
    assert.equal(nextLookMs(1e15, 2), 200);
  });

  it('counts files with a twentieth of one processor at most', () => {
    assert.equal(pauseAfterCountMs(10), 2000);
    assert.equal(pauseAfterCountMs(1000), 20_000);
  });
});
