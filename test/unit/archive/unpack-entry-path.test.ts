import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryPath, foldedPath } from '../../../src/archive/unpack-entry-path.ts';

test('an entry goes below the crate’s own folder', () => {
  assert.deepEqual(entryPath('a-1.0.0/src/lib.rs', 'a-1.0.0'), { path: 'src/lib.rs' });
  assert.deepEqual(entryPath('a-1.0.0/', 'a-1.0.0'), { path: '' });
  assert.deepEqual(entryPath('a-1.0.0/päth/ü', 'a-1.0.0'), { path: 'päth/ü' });
});

for (const [name, why] of [
  ['/etc/passwd', /absolute/],
  ['a-1.0.0/../b-1.0.0/src/lib.rs', /plainest/],
  ['../a-1.0.0/x', /outside/],
  ['b-1.0.0/src/lib.rs', /outside/],
  ['a-1.0.0.evil/x', /outside/],
  ['a-1.0.0/./x', /plainest/],
  ['a-1.0.0//x', /plainest/],
  ['./a-1.0.0/x', /outside/],
  ['a-1.0.0/x\u001b[2J', /control/],
  ['a-1.0.0/x\ny', /control/],
  ['a-1.0.0/x\\..\\y', /backslash/],
  ['a-1.0.0/\ufffd', /UTF-8/],
  [`a-1.0.0/${'x'.repeat(256)}`, /too long/],
  [`a-1.0.0/${'x/'.repeat(600)}y`, /too long/],
  ['', /outside/],
] as const) {
  test(`refused: ${JSON.stringify(name.slice(0, 40))}`, () => {
    const place = entryPath(name, 'a-1.0.0');
    assert.match('refused' in place ? place.refused : `went to ${place.path}`, why);
  });
}

test('names that one file system takes for the same are folded to the same', () => {
  assert.equal(foldedPath('SRC/Lib.rs'), foldedPath('src/lib.rs'));
  assert.equal(foldedPath('e\u0301'), foldedPath('\u00e9'));
});
