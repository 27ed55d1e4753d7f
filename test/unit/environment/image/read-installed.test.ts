import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInstalled } from '../../../../src/environment/image/read-installed.ts';

const zlib = [
  'Package: zlib1g',
  'Status: install ok installed',
  'Maintainer: A <a@example.test>',
  'Architecture: amd64',
  'Version: 1:1.2.13',
  'Depends: libc6 (>= 2.14)',
  'Description: library',
  ' Depends: in its text',
].join('\n');
const removed = 'Package: old\nStatus: deinstall ok config-files\nVersion: 1\n';

test('of what is there the fields that decide what fits; of what was removed nothing', () => {
  const list = readInstalled(`${zlib}\n\n${removed}\nPackage: kept\nStatus: hold ok installed\nVersion: 2\n`);
  assert.equal(
    list,
    'Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:1.2.13\n' +
      'Depends: libc6 (>= 2.14)\n\nPackage: kept\nStatus: hold ok installed\nVersion: 2\n\n',
  );
});

test('no character reaches apt that is none of a list, and no field twice', () => {
  const list = readInstalled(
    'Package: a\nStatus: install ok installed\nVersion: 1\u001b[31m\nPackage: b\nDepends: \0\n',
  );
  assert.equal(list, 'Package: a\nStatus: install ok installed\n\n');
});

test('what is no list of packages is none', () => {
  for (const text of ['', '\n\n\n', 'hello', 'Package: a\n', '{"a": 1}']) assert.equal(readInstalled(text), null);
  assert.equal(readInstalled('Package: a\nStatus: install ok installed\n\n'.repeat(20_001)), null);
});
