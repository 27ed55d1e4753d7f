/**
 * A short run of what `npm run fuzz` does at length: every parser of foreign bytes, with inputs that once broke it, some as
 * large as they may be, and some hundred mutations.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkCase, keptSeeds } from './check.ts';
import { parsers } from './parsers/all.ts';
import { runParser } from './run-parser.ts';

/** The same inputs in every run: what is new is sought by the long one. */
const seed = 20_261_126;

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
