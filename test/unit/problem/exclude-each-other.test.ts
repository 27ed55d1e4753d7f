import assert from 'node:assert/strict';
import { test } from 'node:test';
import { excludeEachOther, excludeWhatIsThere, saysTheSameEachTime } from '../../../src/problem/exclude-each-other.ts';

test('packages that exclude each other do so the next time; a network that was not there may be', () => {
  assert.ok(saysTheSameEachTime([{ code: 'environment', what: excludeEachOther }]));
  assert.ok(saysTheSameEachTime([{ code: 'environment', what: excludeWhatIsThere }]));
  assert.ok(!saysTheSameEachTime([{ code: 'fetch-failed', what: 'pinned packages could not be fetched: a 1' }]));
  assert.ok(
    !saysTheSameEachTime([{ code: 'environment', what: 'apt cannot resolve the packages of the environment' }]),
  );
});
