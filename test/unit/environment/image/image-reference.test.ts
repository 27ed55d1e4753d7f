import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReference } from '../../../../src/environment/image/image-reference.ts';

test('references come apart', () => {
  const sum = `sha256:${'0'.repeat(64)}`;
  const read = (text: string) => {
    const name = readReference(text);
    assert.ok(name.ok, text);
    return [name.value.repository, name.value.tag, name.value.digest, name.value.canonical];
  };
  assert.deepEqual(read('rust'), ['rust', null, null, 'rust:latest']);
  assert.deepEqual(read('localhost:5000/a/b:1.2-x'), ['localhost:5000/a/b', '1.2-x', null, 'localhost:5000/a/b:1.2-x']);
  assert.deepEqual(read(`r.test/rust:1@${sum}`), ['r.test/rust', '1', sum, `r.test/rust@${sum}`]);
});

test('what an engine could take for something else is refused', () => {
  for (const text of [
    '',
    'Rust',
    'a b',
    '-v',
    'rust:',
    'a//b',
    'rust@sha256:12',
    '../x',
    'http://r.test/a',
    'a\nb',
    'a?x=1',
  ]) {
    assert.ok(!readReference(text).ok, text);
  }
});
