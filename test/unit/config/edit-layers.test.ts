import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editLayers } from '../../../src/config/edit-layers.ts';

const edit = (text: string, action: 'add' | 'remove', names: readonly string[]) => {
  const result = editLayers(text, 'cargo-boxed.yaml', { action, names });
  return result.ok ? result.value.text : result.problems.map(({ where }) => `${where?.line}:${where?.column}`).join();
};
const edited = (text: string, add: readonly string[], remove: readonly string[] = []) =>
  add.length > 0 ? edit(text, 'add', add) : edit(text, 'remove', remove);

test('a list on one line keeps its order, and all around it its bytes', () => {
  const text = "# head\nengine:   bwrap # why\nlayers: [ 'zlib',  alsa ] # sound\n\nsuite: trixie\n";
  assert.equal(edited(text, ['gtk4']), text.replace("[ 'zlib',  alsa ]", "['zlib', alsa, gtk4]"));
  assert.equal(edited(text, [], ['zlib', 'alsa']), text.replace("[ 'zlib',  alsa ]", '[]'));
  assert.equal(edited('layers: []', ['a', 'b']), 'layers: [a, b]');
});

test('a list with a line for each keeps comments and the way it is set in', () => {
  const text = 'layers:\n  # crypto\n  - openssl # for git\n  - "zlib"\nsuite: trixie\n';
  assert.equal(edited(text, ['alsa']), text.replace('"zlib"\n', '"zlib"\n  - alsa\n'));
  assert.equal(edited(text, [], ['zlib']), text.replace('  - "zlib"\n', ''));
  assert.equal(edited(text, [], ['openssl']), text.replace('  - openssl # for git\n', ''));
  assert.equal(edited(text, [], ['openssl', 'zlib']), 'layers: []\n  # crypto\nsuite: trixie\n');
  assert.equal(edited('layers:\n- a', ['b']), 'layers:\n- a\n- b');
});

test('a file without layers gets a line at its end', () => {
  assert.equal(edited('', ['a']), 'layers: [a]\n');
  assert.equal(edited('# nothing yet', ['a']), '# nothing yet\nlayers: [a]\n');
  assert.equal(edited('suite: trixie\n', ['a', 'b']), 'suite: trixie\nlayers: [a, b]\n');
  assert.equal(edited('suite: trixie\n', [], ['a']), 'suite: trixie\n');
});

test('what is there, or is not, is not changed again', () => {
  const result = editLayers('layers: [a, b]\n', 'f', { action: 'add', names: ['b', 'c'] });
  assert.deepEqual(result, { ok: true, value: { text: 'layers: [a, b, c]\n', changed: ['c'] } });
  assert.equal(edited('layers: [a]\n', [], ['b']), 'layers: [a]\n');
});

test('what a program should not change is left to a person, at its place', () => {
  assert.equal(edited('suite: trixie\nlayers: [a,\n  b]\n', ['c']), '2:1');
  assert.equal(edited('layers: a\n', ['c']), '1:1');
  assert.equal(edited('{suite: trixie}\n', ['c']), '1:1');
  assert.equal(edited('- a\n', ['c']), '1:1');
  assert.equal(edited('layers:\n- a\n-  b\n  b\n', ['c']), '1:1');
  assert.equal(edited('a: [\n', ['c']).split(':')[0], '2');
});
