import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { probes } from '../../src/selftest/judge-probes.ts';
import { tree } from '../support/rig.ts';
import { catalogue, known, own } from './catalogue.ts';

const security = readFileSync(join(tree, 'SECURITY.md'), 'utf8').replaceAll(/\s+/g, ' ');

test('each attack has one entry, and at least 25 are our own', () => {
  const numbers = catalogue.map(({ number }) => number);
  assert.equal(new Set(numbers).size, numbers.length);
  assert.equal(known.length, 70);
  assert.ok(own.length >= 25);
});

test('what is said to be held is held by a test that is there', () => {
  for (const entry of catalogue) {
    if (!('held' in entry)) continue;
    const [file = '', name = ''] = entry.held.split('#');
    assert.ok(name !== '', `${entry.number} names a whole file as its proof`);
    const path = join(tree, 'test', file);
    assert.ok(existsSync(path), `${entry.number}: ${file}`);
    const isProbe = probes.some((probe) => probe.name === name);
    assert.ok(isProbe || readFileSync(path, 'utf8').includes(name), `${entry.number}: ${name}`);
  }
});

test('SECURITY.md names all that is not held, each with what is left of it', () => {
  for (const entry of catalogue) {
    if (!('notHeld' in entry)) continue;
    assert.ok(
      security.includes(`| ${entry.number} | ${entry.what} | ${entry.notHeld} | ${entry.risk} |`),
      `${entry.number}`,
    );
  }
});

test('SECURITY.md names the attacks of the self-test that are known to get through', () => {
  for (const { name, notHeld, notHeldOn } of probes) {
    if (notHeld !== undefined || notHeldOn !== undefined) assert.ok(security.includes(`\`${name}\``), name);
  }
});

test('every attack that a probe names is in the catalogue', () => {
  const numbers = new Set(catalogue.map(({ number }) => number));
  for (const { name, attacks } of probes)
    for (const attack of attacks) assert.ok(numbers.has(attack), `${name}: ${attack}`);
});
