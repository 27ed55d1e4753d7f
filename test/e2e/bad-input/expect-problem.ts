import assert from 'node:assert/strict';
import type { Ended } from '../../support/rig.ts';

/** A bad end that a reader can act on: the code, words that must stand there, no stack trace, no control characters. */
export function expectProblem(ended: Ended, status: number, ...words: readonly RegExp[]): void {
  assert.equal(ended.status, status, ended.text);
  for (const word of words) assert.match(ended.stderr, word);
  assert.doesNotMatch(ended.stderr, /^\s+at .*:\d+:\d+\)?$/m, ended.text);
  assert.doesNotMatch(ended.stderr, /node:internal|UnhandledPromise|TypeError|undefined|\[object Object\]/, ended.text);
  const control = [...ended.stderr].filter((character) => character < ' ' && !'\n\t\r\u001b'.includes(character));
  assert.deepEqual(control, []);
}
