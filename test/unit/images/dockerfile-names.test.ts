import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import base from '../../../images/debian/base.json' with { type: 'json' };

test('the recipe for an image holds the packages of the base and no version', () => {
  const recipe = readFileSync('Dockerfiles/debian.Dockerfile', 'utf8');
  const list = /--no-install-recommends \\\n([\s\S]*?)\$\{LIBCLANG\}/.exec(recipe)?.[1] ?? '';
  assert.deepEqual(list.split(/[\s\\]+/).filter(Boolean), base.packages);
  const libclang = /ARG LIBCLANG="([^"]*)"/.exec(recipe)?.[1];
  assert.equal(libclang, base.suites.bookworm.join(' '));
  assert.ok(!/\S=\d/.test(list));
});
