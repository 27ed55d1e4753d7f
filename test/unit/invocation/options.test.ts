import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxOptions, optionName } from '../../../src/invocation/options.ts';

test('every box option of the command line is there, with a variable of its own', () => {
  const names = boxOptions.map(optionName);
  assert.deepEqual([...names].sort(), [
    '--add-missing',
    '--color',
    '--config',
    '--engine',
    '--environment',
    '--image',
    '--json',
    '--layer',
    '--limit',
    '--no-export',
    '--pinned',
    '--quiet',
    '--show',
    '--verbose',
    '-C',
  ]);
  for (const unique of [names, boxOptions.map((option) => option.variable), boxOptions.map((option) => option.field)]) {
    assert.equal(new Set(unique).size, boxOptions.length);
  }
});

test('the rows agree with themselves', () => {
  for (const option of boxOptions) {
    const name = optionName(option);
    assert.match(option.variable, /^CARGO_BOXED_[A-Z_]+$/, name);
    if (option.long !== null) assert.equal(option.variable, `CARGO_BOXED_${snake(option.long)}`, name);
    assert.equal(option.placeholder === null, option.kind === 'switch', name);
    if (option.kind === 'switch' && option.configKey !== null) assert.notEqual(option.configValue, undefined, name);
    assert.ok(!option.summary.endsWith('.') && option.summary.length < 70, name);
  }
});

function snake(long: string): string {
  return long.slice(2).replaceAll('-', '_').toUpperCase();
}
