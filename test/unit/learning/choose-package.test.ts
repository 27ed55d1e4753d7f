import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentsKeys } from '../../../src/environment/debian/contents-line.ts';
import type { Wanted } from '../../../src/layers/wanted.ts';
import { chooseBelow, choosePackage } from '../../../src/learning/choose-package.ts';

// Lines as they stand in Debian's `Contents` files.
const lines = [
  'usr/lib/x86_64-linux-gnu/pkgconfig/alsa.pc                 libdevel/libasound2-dev',
  'usr/lib/x86_64-linux-gnu/libasound.so                      libdevel/libasound2-dev',
  'usr/include/alsa/asoundlib.h                               libdevel/libasound2-dev,libs/other',
  'usr/lib/x86_64-linux-gnu/cmake/SDL2/sdl2-config.cmake      libdevel/libsdl2-dev',
  'usr/share/pkgconfig/eigen3.pc                              libdevel/libeigen3-dev',
  'usr/bin/protoc                                             devel/protobuf-compiler',
  'usr/lib/x86_64-linux-gnu/libz.a                            libdevel/zlib1g-dev,libdevel/a-very-long-name-dev,libs/zlib',
  'usr/lib/gcc/x86_64-linux-gnu/11/libgccjit.so               libdevel/libgccjit-11-dev',
  'usr/lib/gcc/x86_64-linux-gnu/12/libgccjit.so               libdevel/libgccjit-12-dev',
  'usr/lib/gcc/x86_64-linux-gnu/12/include/libgccjit.h        libdevel/libgccjit-12-dev',
  'usr/lib/gcc/x86_64-linux-gnu/12/include/stddef.h           libdevel/libgcc-12-dev',
  'lib/x86_64-linux-gnu/libcgroup.a                           libdevel/libcgroup-dev',
  'lib/pkgconfig/libdmmp.pc                                   admin/multipath-tools',
  'usr/lib/x86_64-linux-gnu/gdcm-3.0/GDCMConfig.cmake         libdevel/libgdcm-dev',
  'usr/share/octomap/octomap-config.cmake                     libdevel/liboctomap-dev',
  'usr/share/dashel/CMake/dashelConfig.cmake                  libdevel/libdashel-dev',
  'usr/share/cmake-3.25/Modules/FindPkgConfig.cmake           devel/cmake-data',
  'usr/include/suitesparse/umfpack.h                          libdevel/libsuitesparse-dev',
  'usr/include/pipewire-0.3/pipewire/version.h                libdevel/libpipewire-0.3-dev',
  'usr/include/other/only.h                                   libdevel/libthing-dev',
  'usr/include/mupen64plus/twice.h                            libdevel/libmupen64plus-dev',
  'usr/include/sord-0/sord/twice.h                            libdevel/libsord-dev',
  'usr/share/doc/x/pkgconfig/x.pc                             doc/x',
  'usr/share/x/file with blanks.txt                           doc/x',
  'no line of a list',
];
const keys = lines.flatMap((line) => contentsKeys(line, 'bookworm'));
const index = {
  find: ({ kind, name }: Wanted) =>
    keys.filter((key) => key.startsWith(`${kind} ${name}\t`)).flatMap((key) => key.split('\t')[1]?.split(',') ?? []),
  findBelow: (header: string) =>
    keys.flatMap((key) => {
      const [before, packages] = key.split(`/${header}\t`);
      return packages === undefined
        ? []
        : [{ folder: before?.slice('header '.length) ?? '', packages: packages.split(',') }];
    }),
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

test("what the suite's own compiler brings is found, and what another version of it has is not", () => {
  assert.equal(find('library', 'gccjit'), 'libgccjit-12-dev');
  assert.equal(find('header', 'libgccjit.h'), 'libgccjit-12-dev');
  assert.equal(find('header', 'stddef.h'), null);
  const line = 'usr/lib/gcc/x86_64-linux-gnu/14/libgccjit.so libdevel/libgccjit-14-dev';
  assert.deepEqual(contentsKeys(line, 'trixie'), ['library gccjit\tlibgccjit-14-dev']);
});

test('what lies in /lib is found as if it lay in /usr/lib, which it does', () => {
  assert.equal(find('library', 'cgroup'), 'libcgroup-dev');
  assert.equal(find('module', 'libdmmp'), 'multipath-tools');
});

test('a package of CMake is found in each kind of folder that CMake looks in', () => {
  assert.equal(find('cmake-package', 'gdcm'), 'libgdcm-dev');
  assert.equal(find('cmake-package', 'octomap'), 'liboctomap-dev');
  assert.equal(find('cmake-package', 'dashel'), 'libdashel-dev');
  assert.equal(find('cmake-package', 'findpkg'), null);
});

test('a header is found in the folder that has the name of its package, if that is one package alone', () => {
  const below = (header: string) => chooseBelow(header, index);
  assert.deepEqual(below('umfpack.h'), { name: 'libsuitesparse-dev', folder: 'suitesparse' });
  assert.deepEqual(below('pipewire/version.h'), { name: 'libpipewire-0.3-dev', folder: 'pipewire-0.3' });
  assert.equal(below('only.h'), null);
  assert.equal(below('twice.h'), null);
  assert.equal(find('header', 'umfpack.h'), null);
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
