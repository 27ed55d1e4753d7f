import assert from 'node:assert/strict';
import test from 'node:test';
import { narHashOf } from '../../../src/lock/nar-hash.ts';

test('a sum in base 32 is the same sum in base 64', () => {
  // Of the empty text, as Nix prints it and as everybody else does.
  assert.equal(
    narHashOf('0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73'),
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  );
});

test('what is no sum is none', () => {
  for (const text of ['', 'sha256', '0'.repeat(51), 'e'.repeat(52), 'z'.repeat(52)])
    assert.equal(narHashOf(text), null, text);
});
