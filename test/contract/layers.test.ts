import assert from 'node:assert/strict';
import test from 'node:test';
import { layerCatalogue } from '../../src/layers/catalogue.ts';
import { checkLayer } from '../layers/check-layer.ts';
import { sampleNames, seedOfToday } from '../layers/choose-layers.ts';
import { identity, sharedHome, temporaryFolder } from '../support/rig.ts';

// Real roots from the real mirrors: three layers, others every day and for each identity. All of them:
// `npm run layers:check`.

for (const [index, suite] of (['bookworm', 'trixie', 'bookworm'] as const).entries()) {
  const there = layerCatalogue().filter(({ debian }) => debian[suite].length > 0);
  const names = there.map(({ name }) => name);
  const [name = ''] = sampleNames(names, 1, `${seedOfToday()} ${identity} ${index}`);
  const layer = there.find((one) => one.name === name);
  test(`the layer ${name} is what it says, on ${suite}`, async (context) => {
    assert.ok(layer !== undefined);
    const found = await checkLayer(layer, suite, { home: sharedHome, folder: temporaryFolder(context, 'layers') });
    assert.equal(found.failure, '');
    assert.ok(found.proved, `lacks ${found.lacks.join(', ')}`);
  });
}
