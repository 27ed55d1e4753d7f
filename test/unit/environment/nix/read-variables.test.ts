import assert from 'node:assert/strict';
import test from 'node:test';
import { readVariables } from '../../../../src/environment/nix/read-variables.ts';

test('variables of a build are kept, sorted; those of the builder and what is none are not', () => {
  const dump = [
    'PATH=/nix/store/a/bin',
    'HOME=/homeless-shelter',
    'CC=gcc',
    'NIX_LDFLAGS= -L/nix/store/b/lib',
    'BASH_FUNC_evil%%=() { :; }',
    '__proto__=x',
    'ESCAPE=\u001b[2J',
    'SOURCE_DATE_EPOCH=315532800',
    'no value',
    '',
  ].join('\0');
  const found = readVariables(dump);
  assert.deepEqual(Object.keys(found), ['CC', 'NIX_LDFLAGS', 'PATH', '__proto__']);
  assert.equal(found.NIX_LDFLAGS, '-L/nix/store/b/lib');
  assert.equal(Object.getPrototypeOf(found), Object.prototype);
});
