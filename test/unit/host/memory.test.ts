import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { recall, remember } from '../../../src/host/memory.ts';
import { temporaryFolder } from '../../support/rig.ts';

test('an answer is recalled under its own key, and nothing from a note of another make', (context) => {
  const file = join(temporaryFolder(context, 'memory'), 'below/note.json');
  assert.equal(recall(file, 'a'), null);
  remember(file, 'a', { size: 1 });
  assert.deepEqual(recall(file, 'a'), { size: 1 });
  assert.equal(recall(file, 'b'), null);
  for (const text of ['{"key":"a","report":{}}', '{"key":"a"', 'null', '[]', '']) {
    writeFileSync(file, text);
    assert.equal(recall(file, 'a'), null, text);
  }
});
