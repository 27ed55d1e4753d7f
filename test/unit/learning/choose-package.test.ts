import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentsKeys } from '../../../src/environment/debian/contents-line.ts';
import type { Wanted } from '../../../src/layers/wanted.ts';
import { choosePackage } from '../../../src/learning/choose-package.ts';

// Lines as they stand in Debian's `Contents` files.
const lines = [
  'usr/lib/x86_64-linux-gnu/pkgconfig/alsa.pc                 libdevel/libasound2-dev',
  'usr/lib/x86_64-linux-gnu/libasound.so                      libdevel/libasound2-dev',
  'usr/include/alsa/asoundlib.h                               libdevel/libasound2-dev,libs/other',
  'usr/lib/x86_64-linux-gnu/cmake/SDL2/sdl2-config.cmake      libdevel/libsdl2-dev',
  'usr/share/pkgconfig/eigen3.pc                              libdevel/libeigen3-dev',
  'usr/bin/protoc                                             devel/protobuf-compiler',
  'usr/lib/x86_64-linux-gnu/libz.a                            libdevel/zlib1g-dev,libdevel/a-very-long-name-dev,libs/zlib',
  'usr/share/doc/x/pkgconfig/x.pc                             doc/x',
  'usr/share/x/file with blanks.txt                           doc/x',
  'no line of a list',
];
const keys = lines.flatMap(contentsKeys);
const index = {
  find: ({ kind, name }: Wanted) =>
    keys.filter((key) => key.startsWith(`${kind} ${name}\t`)).flatMap((key) => key.split('\t')[1]?.split(',') ?? []),
};
const find = (kind: Wanted['kind'], name: string) => choosePackage({ kind, name }, index);

test('each kind of file is found by the name that a build says', () => {
  assert.equal(find('module', 'alsa'), 'libasound2-dev');
  assert.equal(find('module', 'eigen3'), 'libeigen3-dev');
  assert.equal(find('library', 'asound'), 'libasound2-dev');
  assert.equal(find('header', 'alsa/asoundlib.h'), 'libasound2-dev');
  assert.equal(find('program', 'protoc'), 'protobuf-compiler');
  assert.equal(find('cmake-package', 'sdl2'), 'libsdl2-dev');
});

test('of several packages the one for building, then the shortest name; of too many none', () => {
  assert.equal(find('library', 'z'), 'zlib1g-dev');
  const many = { find: () => ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'] };
  assert.equal(choosePackage({ kind: 'program', name: 'x' }, many), null);
  assert.equal(choosePackage({ kind: 'program', name: 'x' }, { find: () => ['--option', 'A_B'] }), null);
});

test('what is in no list is no package', () => {
  assert.equal(find('module', 'x'), null);
  assert.equal(find('crate', 'alsa-sys'), null);
  assert.equal(
    keys.some((key) => key.includes(' x\t')),
    false,
  );
});
