import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { recall, remember } from '../../../src/host/memory.ts';
import { temporaryFolder } from '../../support/rig.ts';

test('an answer is recalled under its own key, and nothing from a note of another make', (context) => {
  const file = join(temporaryFolder(context, 'memory'), 'below/note.json');
  assert.equal(recall(file, 'one', 'a'), null);
  remember(file, 'one', 'a', { size: 1 });
  remember(file, 'two', 'b', { size: 2 });
  assert.deepEqual(recall(file, 'one', 'a'), { size: 1 });
  assert.deepEqual(recall(file, 'two', 'b'), { size: 2 });
  assert.equal(recall(file, 'one', 'b'), null);
  for (const text of ['{"key":"a","report":{}}', '{"one":{"key":"a","report":{}}}', '{"key":"a"', 'null', '[]', '']) {
    writeFileSync(file, text);
    assert.equal(recall(file, 'one', 'a'), null, text);
  }
});
