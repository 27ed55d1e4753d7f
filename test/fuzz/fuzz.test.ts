/**
 * A short run of what `npm run fuzz` does at length: every parser of foreign bytes, with inputs that once broke it, some as
 * large as they may be, and some hundred mutations.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkCase, keptSeeds } from './check.ts';
import { notForeign, readingModules } from './inventory.ts';
import { parsers } from './parsers/all.ts';
import { runParser } from './run-parser.ts';

/** The same inputs in every run: what is new is sought by the long one. */
const seed = 20_261_126;

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

describe('every parser of foreign bytes', () => {
  for (const parser of parsers) {
    it(`${parser.name}: no crash, no hang, no word too much`, async () => {
      for (const bytes of keptSeeds(parser.name)) await checkCase(parser, Buffer.from(bytes), [3, 1]);
      const cases = parser.cost === 'dear' ? 40 : 150;
      const { finding } = await runParser(parser, { cases, seed, large: 3, mostMs: 20_000 });
      assert.equal(
        finding,
        null,
        finding === null ? '' : `${finding.why}: ${JSON.stringify(finding.bytes.toString('latin1', 0, 400))}`,
      );
    });
  }
});
