import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { notForeign, readingModules } from '../fuzz/inventory.ts';
import { parsers } from '../fuzz/parsers/all.ts';

describe('the inventory', () => {
  const driven = new Set(parsers.flatMap(({ modules }) => modules));
  const reading = readingModules();

  it('knows every module that reads bytes: a parser drives it, or nobody else writes what it reads', () => {
    const unknown = reading.filter((name) => !driven.has(name) && !Object.hasOwn(notForeign, name));
    assert.deepEqual(
      unknown,
      [],
      'add them to a parser in test/fuzz/parsers, or to test/fuzz/inventory.ts with the reason',
    );
  });

  it('names no module that is gone', () => {
    const gone = Object.keys(notForeign).filter((name) => !reading.includes(name) || driven.has(name));
    assert.deepEqual(gone, []);
  });
});
