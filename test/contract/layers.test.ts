import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { findLayer } from '../../src/layers/catalogue.ts';
import { checkLayer } from '../layers/check-layer.ts';
import { sampleNames, seedOfToday } from '../layers/choose-layers.ts';
import { readResults } from '../layers/results.ts';
import { identity, sharedHome, temporaryFolder, tree } from '../support/rig.ts';

// Real roots from the real mirrors: a layer for each suite out of those that were proven once, others every day and for
// each identity. All of them, and new ones: `npm run layers:check`.

const proven = readResults(readFileSync(join(tree, 'test/layers/RESULTS.md'), 'utf8')).filter(({ ok }) => ok);

for (const suite of ['bookworm', 'trixie'] as const) {
  const names = proven.filter((row) => row.suite === suite).map(({ layer }) => layer);
  const [name = ''] = sampleNames(names, 1, `${seedOfToday()} ${identity} ${suite}`);
  test(`the layer ${name} is what it says, on ${suite}`, async (context) => {
    const layer = findLayer(name, suite);
    assert.ok(layer !== null);
    const found = await checkLayer(layer, suite, { home: sharedHome, folder: temporaryFolder(context, 'layers') });
    assert.equal(found.failure, '');
    assert.ok(found.proved, `lacks ${found.lacks.join(', ')}`);
  });
}
