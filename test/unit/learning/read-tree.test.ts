import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTree } from '../../../src/learning/read-tree.ts';

/** As cargo 1.95 writes it. */
const real = `0  app v0.1.0 (/box/project)
1  glib-sys v0.22.9
2 default,std libc v0.2.191
2  system-deps v9.0.1
3 default,targets cfg-expr v0.20.10
1 vendored openssl-sys v0.9.118
2 default,std libc v0.2.191 (*)
1  macros v0.1.0 (proc-macro) (/box/project/a folder)
1  from-git v0.3.0+1.2 (https://host.example/x.git?rev=1#0a1b2c3d)
`;

test('packages come with their version, features and dependencies', () => {
  const packages = readTree(real).map(({ name, version, features, dependencies }) => [
    ...[name, version],
    ...[[...features].join(), [...dependencies].join()],
  ]);
  assert.deepEqual(packages, [
    ['app', '0.1.0', '', 'glib-sys,openssl-sys,macros,from-git'],
    ['glib-sys', '0.22.9', '', 'libc,system-deps'],
    ['libc', '0.2.191', 'default,std', ''],
    ['system-deps', '9.0.1', '', 'cfg-expr'],
    ['cfg-expr', '0.20.10', 'default,targets', ''],
    ['openssl-sys', '0.9.118', 'vendored', 'libc'],
    ['macros', '0.1.0', '', ''],
    ['from-git', '0.3.0+1.2', '', ''],
  ]);
});

test('a package that is compiled twice with other features is two, and only one of them is bundled', () => {
  const twice = readTree('0  app v0.1.0\n1 bundled x-sys v1.0.0\n1  x-sys v1.0.0\n2  system-deps v9.0.0\n');
  const found = twice.filter(({ name }) => name === 'x-sys');
  assert.deepEqual(
    found.map(({ features, dependencies }) => [features.has('bundled'), dependencies.size]),
    [
      [true, 0],
      [false, 1],
    ],
  );
});

test('lines of anybody else are passed over', () => {
  const lines = ['hello', '9999999  x v1.0', '1  ../x v1.0', '7  deep v1.0.0', '[build-dependencies]', '', '1  x'];
  assert.deepEqual(
    readTree(lines.join('\n')).map(({ name }) => name),
    ['deep'],
  );
});
