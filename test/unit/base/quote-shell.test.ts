import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { quoteShell } from '../../../src/base/quote-shell.ts';

const words = [
  '',
  'a b',
  "it's",
  '$(touch x)`id`',
  'two\nlines',
  '\\n and \\\\',
  'größe/日本',
  "a\u001b]52;c;eA==\u0007'b\\",
  '\u009b31m',
  'left\u202eright\u200b\u2028',
  '\u{e0041}0',
];

describe('quoteShell', () => {
  it('gives bash the very word', () => {
    for (const word of words) {
      const said = execFileSync('bash', ['-c', `printf %s ${quoteShell(word)}`], { encoding: 'utf8' });
      assert.equal(said, word);
    }
  });

  it('shows nothing that acts on a terminal or hides', () => {
    for (const word of words) {
      assert.doesNotMatch(quoteShell(word), /[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u);
    }
    assert.equal(quoteShell('größe 日本'), "'größe 日本'");
  });
});
