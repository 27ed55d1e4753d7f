import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cargoHome, homeDirectory, readHost, rustupHome } from '../../../src/facts/read-host.ts';
import { valueIn } from './temporary-tree.ts';

test('reads the machine and a copy of the variables', () => {
  const variables: Record<string, string | undefined> = { HOME: '/home/a', NONE: undefined };
  const facts = valueIn(readHost(variables, '/work'));
  assert.deepEqual({ ...facts.variables }, { HOME: '/home/a' });
  assert.equal(facts.cargoHome, '/home/a/.cargo');
  assert.equal(facts.uid, process.getuid?.());
  assert.ok(facts.cpus >= 1 && facts.memoryBytes > 0);
  variables.HOME = '/changed';
  assert.equal(facts.variables.HOME, '/home/a');
});

test('finds the homes of cargo and rustup as they do', () => {
  assert.equal(cargoHome({ CARGO_HOME: '/c' }, '/work'), '/c');
  assert.equal(cargoHome({ CARGO_HOME: 'c' }, '/work'), '/work/c');
  assert.equal(rustupHome({ RUSTUP_HOME: '', HOME: '/home/a' }, '/work'), '/home/a/.rustup');
  assert.ok(homeDirectory({}).startsWith('/'));
});
