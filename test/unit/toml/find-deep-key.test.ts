import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDeepKey } from '../../../src/toml/find-deep-key.ts';

const found: readonly string[] = [
  'a.b.c.d = 1',
  '[a.b.c.d]',
  '"=".\'#\'."\\"".d = 1',
  'x = {a.b.c.d = 1}',
  'a = """""""\nb.c.d.e = 1',
];
for (const text of found) {
  test(`finds four parts in ${JSON.stringify(text)}`, () => assert.notEqual(findDeepKey(text, 3), null));
}

const passed: readonly string[] = [
  'a.b.c = 1.5',
  'a = "a.b.c.d.e"',
  "a = 'a.b.c.d.e\\'",
  '# a.b.c.d.e\na.b = 1',
  'a = """\na.b.c.d.e\n"quoted" \\""""\n',
  "a = '''\na.b.c.d.e'''",
  'a = [1.0, 2.0, 3.0, 4.0]',
  'a.b.c = 1\nb.c.d = 1',
];
for (const text of passed) {
  test(`passes over ${JSON.stringify(text)}`, () => assert.equal(findDeepKey(text, 3), null));
}
