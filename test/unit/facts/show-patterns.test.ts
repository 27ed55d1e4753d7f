import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showPatterns } from '../../../src/facts/show-patterns.ts';
import { cpuMs } from '../../support/cpu-clock.ts';

test('patterns count from the workspace and match whole paths', () => {
  const show = showPatterns(['.env', 'tests/*.pem', '**/k[12].key', '../shared/.env', './a/../b.pem'], 'app');
  for (const path of ['app/.env', 'app/tests/a.pem', 'app/k1.key', 'app/x/y/k2.key', 'shared/.env', 'app/b.pem']) {
    assert.ok(show.matches(path), path);
  }
  for (const path of ['.env', 'app/x/.env', 'app/tests/x/a.pem', 'k1.key', 'app/k3.key', 'app', 'app/.env/x', '']) {
    assert.ok(!show.matches(path), path);
  }
});

test('says whether something below a folder can match', () => {
  const show = showPatterns(['.aws/config', 'x/**/y'], '');
  for (const folder of ['', '.aws', 'x', 'x/a/b', 'x/y']) assert.ok(show.matchesBelow(folder), folder);
  for (const folder of ['.aws/config', '.ssh', 'y']) assert.ok(!show.matchesBelow(folder), folder);
});

test('what leads out of the project, or is no pattern, matches nothing', () => {
  const show = showPatterns(['../../x', '..', '[', '***'], 'app');
  for (const path of ['x', '..', '[', '', 'app']) assert.ok(!show.matches(path) && !show.matchesBelow(path), path);
});

test('many stars cost nothing', () => {
  const begin = cpuMs();
  const show = showPatterns([`${'**/'.repeat(100)}z`], '');
  assert.ok(!show.matches('a/'.repeat(500).slice(0, -1)));
  assert.ok(cpuMs() - begin < 500);
});
