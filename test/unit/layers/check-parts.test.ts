import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { layerCatalogue, layerNames } from '../../../src/layers/catalogue.ts';
import { sampleNames } from '../../layers/choose-layers.ts';
import { probeScript, readFinding } from '../../layers/probe.ts';
import { formatResults, mergeResults, readResults } from '../../layers/results.ts';

test('a sample changes with its seed, and only with it', () => {
  const first = sampleNames(layerNames(), 5, '2026-01-01');
  assert.equal(new Set(first).size, 5);
  assert.deepEqual(sampleNames(layerNames(), 5, '2026-01-01'), first);
  assert.notDeepEqual(sampleNames(layerNames(), 5, '2026-01-02'), first);
});

test('every probe is a script that a shell reads', () => {
  for (const layer of layerCatalogue())
    for (const suite of ['bookworm', 'trixie'] as const)
      if (layer.debian[suite].length > 0 && layer.name < 'd')
        execFileSync('sh', ['-n'], { input: probeScript(layer, suite) });
});

test('a finding is read from what a probe prints', () => {
  assert.deepEqual(readFinding('lacks module a\nproved\nversion gcc (Debian 12.2.0-14) 12.2.0\n'), {
    proved: true,
    version: '12.2.0-14',
    lacks: ['module a'],
  });
  assert.deepEqual(readFinding('proved \nversion \n'), { proved: false, version: '', lacks: [] });
});

test('results are read as they are written, and new ones take the place of old ones', () => {
  const row = (layer: string, version: string, ok: boolean) => ({
    layer,
    suite: 'trixie',
    version,
    ok,
    lacks: 'module x',
  });
  const rows = [row('alsa', '1.2', true), row('zlib', '1.3', false)];
  assert.deepEqual(readResults(formatResults(rows)), rows);
  const merged = mergeResults(rows, [row('zlib', '1.4', true)], ['zlib']);
  assert.deepEqual(merged, [row('zlib', '1.4', true)]);
});
