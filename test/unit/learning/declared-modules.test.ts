import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredModules } from '../../../src/learning/declared-modules.ts';
import { parseToml } from '../../../src/toml/parse.ts';

function modules(text: string, ...features: readonly string[]): readonly (readonly string[])[] {
  const parsed = parseToml(text, 'Cargo.toml');
  assert.ok(parsed.ok, text);
  return declaredModules(parsed.value, new Set(features), (cfg) => cfg === 'cfg(target_os = "linux")');
}
const head = '[package.metadata.system-deps';

test('what is required is a module, by its key or its name, with what stands in for it', () => {
  assert.deepEqual(modules(`${head}]\ngtk4 = "4.0"\n"gtk+-3.0" = { version = "3" }\n`), [['gtk4'], ['gtk+-3.0']]);
  assert.deepEqual(modules(`${head}.lib]\nname = "libzmq"\nversion = "4"\nfallback-names = ["zmq", "../x"]\n`), [
    ['libzmq', 'zmq'],
  ]);
});

test('what is optional, or of a feature or target that is not there, is none', () => {
  assert.deepEqual(modules(`${head}.x]\nversion = "1"\noptional = true\n`), []);
  const gobject = `${head}.cairo-gobject]\nname = "cairo-gobject"\nversion = "1.14"\nfeature = "use_glib"\n`;
  assert.deepEqual(modules(gobject), []);
  assert.deepEqual(modules(gobject, 'use_glib'), [['cairo-gobject']]);
  const ofSystem = (system: string) => `${head}.'cfg(target_os = "${system}")']\nudev = "200"\n`;
  assert.deepEqual(modules(ofSystem('linux')), [['udev']]);
  assert.deepEqual(modules(ofSystem('macos')), []);
});

test('of versions with features the highest that is on counts', () => {
  const text = [
    `${head}.test]`,
    'version = "1"',
    'optional = true',
    `${head}.test.v1_9]`,
    'version = "1.9"',
    'name = "test-1.9"',
    `${head}.test.v1_10]`,
    'version = "1.10"',
    'name = "test-1.10"',
    'optional = false',
    '',
  ].join('\n');
  assert.deepEqual(modules(text), []);
  assert.deepEqual(modules(text, 'v1_9'), []);
  assert.deepEqual(modules(text, 'v1_9', 'v1_10'), [['test-1.10']]);
});

test('what is not understood, and more than any crate declares, is not needed', () => {
  for (const value of ['x = 1', 'x = ["a"]', '"--libs" = "1"', '"a b" = "1"', '__proto__ = { name = "" }'])
    assert.deepEqual(modules(`${head}]\n${value}\n`), [], value);
  assert.deepEqual(modules('[package.metadata]\nsystem-deps = "x"\n'), []);
  const many = Array.from({ length: 500 }, (_, at) => `m${at} = "1"`).join('\n');
  assert.equal(modules(`${head}]\n${many}\n`).length, 50);
});
