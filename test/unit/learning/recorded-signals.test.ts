import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSignals, packageHints } from '../../../src/learning/signals.ts';

// As real builds said it: crates of `test/corpus` in the base of bookworm, and what GNU ld, CMake, meson, make and shells
// of Debian print.
const recorded: readonly (readonly [from: string, line: string, found: string])[] = [
  ['alsa-sys', 'Package alsa was not found in the pkg-config search path.', 'module alsa'],
  ['alsa-sys', "Package 'alsa', required by 'virtual:world', not found", 'module alsa'],
  ['alsa-sys', 'The system library `alsa` required by crate `alsa-sys` was not found.', 'module alsa'],
  [
    'meson',
    'Run-time dependency glib-2.0 found: NO\nDependency "glib-2.0" not found, tried pkgconfig and cmake',
    'module glib-2.0',
  ],
  ['configure', "No package 'libevdev' found", 'module libevdev'],
  [
    'openssl-sys',
    'warning: openssl-sys@0.9.118: Could not find directory of OpenSSL installation, and this `-sys` crate cannot proceed',
    'module openssl',
  ],
  ['coin_cbc_sys', '= note: rust-lld: error: unable to find library -lCbcSolver', 'library CbcSolver'],
  ['libpulse-sys', '= note: rust-lld: error: unable to find library -l:libpulse.so.0', 'library pulse'],
  ['GNU ld', '/usr/bin/ld: cannot find -lpq: No such file or directory', 'library pq'],
  ['rustc', 'error: could not find native static library `foo`, perhaps an -L flag is missing?', 'library foo'],
  ['libbpf-sys', 'btf.c:19:10: fatal error: gelf.h: No such file or directory', 'header gelf.h'],
  ['GSL-sys', "src/wrapper.h:1:10: fatal error: 'gsl/gsl_version.h' file not found", 'header gsl/gsl_version.h'],
  ['sane-scan', "error: header '/usr/include/sane/sane.h' does not exist.", 'header sane/sane.h'],
  [
    'clang',
    "wrapper.h:1:10: fatal error: '/usr/include/x86_64-linux-gnu/libavutil/avutil.h' file not found",
    'header libavutil/avutil.h',
  ],
  [
    'selinux-sys',
    "selinux-sys: Failed to find 'selinux/selinux.h'. Please make sure the C header files of libselinux are installed",
    'header selinux/selinux.h',
  ],
  ['evdev-sys', '/box/target/build/libevdev/autogen.sh: 9: autoreconf: not found', 'program autoreconf'],
  [
    'cmake',
    'failed to execute command: No such file or directory (os error 2)\nis `cmake` not installed?',
    'program cmake',
  ],
  ['rustc', 'error: linker `arm-none-eabi-gcc` not found', 'program arm-none-eabi-gcc'],
  ['clang', "clang: error: invalid linker name in '-fuse-ld=mold'", 'program mold'],
  ['clang', "clang: error: invalid linker name in argument '-fuse-ld=/usr/bin/mold'", 'program mold'],
  ['clang', "clang: error: invalid linker name in argument '--ld-path=/usr/bin/mold'", 'program mold'],
  [
    'gcc',
    '"-fuse-ld=lld" "-Wl,--eh-frame-hdr" "-nodefaultlibs" "-fuse-ld=mold" "-Wl,-z,now"\n' +
      '  = note: some arguments are omitted. use `--verbose` to show all linker arguments\n' +
      "  = note: collect2: fatal error: cannot find 'ld'",
    'program mold',
  ],
  ['rustc', 'error: linker `/usr/bin/clang` not found', 'program clang'],
  ['cargo', 'error: could not execute process `/usr/bin/sccache rustc -vV` (never executed)', 'program sccache'],
  ['cargo', 'error: could not execute process `sccache rustc -vV` (never executed)', 'program sccache'],
  ['bash', './configure: line 12: intltool-update: command not found', 'program intltool-update'],
  ['env', 'env: ‘ruby’: No such file or directory', 'program ruby'],
  ['make', 'make[1]: bison: No such file or directory', 'program bison'],
  [
    'prost-build',
    'Could not find `protoc`. If `protoc` is installed, try setting the `PROTOC` environment variable',
    'program protoc',
  ],
  [
    'netlib-src',
    'CMake Error at BLAS/CMakeLists.txt:1 (enable_language):\n    No CMAKE_Fortran_COMPILER could be found.',
    'program gfortran',
  ],
  [
    'CMake',
    'CMake Error at CMakeLists.txt:2 (enable_language):\n  No CMAKE_ASM_NASM_COMPILER could be found.',
    'program nasm',
  ],
  [
    'glfw-sys',
    '  CMake Error at src/CMakeLists.txt:76 (message):\n    Failed to find wayland-scanner\n',
    'program wayland-scanner',
  ],
  [
    'raylib-sys',
    '  CMake Error: The following variables are used in this project, but they are set to NOTFOUND.\n  Please set them or make sure they are set and tested correctly in the CMake files:\n  /box/store/0/raylib/src/OPENGL_INCLUDE_DIR\n     used as include directory in directory /box/store/0/raylib/src',
    'cmake-package OPENGL',
  ],
  ['CMake', 'GLUT_glut_LIBRARY (ADVANCED)\n    linked by target "app" in directory /src', 'cmake-package GLUT'],
  ['CMake', '  Could NOT find ZLIB (missing: ZLIB_LIBRARY ZLIB_INCLUDE_DIR)', 'cmake-package ZLIB'],
  ['CMake', '  Could not find a package configuration file provided by "SDL2" with any of', 'cmake-package SDL2'],
];

test('what programs say is missing is found by its kind and name', () => {
  for (const [from, line, found] of recorded) {
    assert.deepEqual(
      findSignals(`some text\n${line}\nmore\n`).map(({ kind, name }) => `${kind} ${name}`),
      [found],
      from,
    );
  }
});

test('a package that people are told to install is a hint', () => {
  for (const [line, name] of [
    ['For example, `libssl-dev` on Ubuntu or `openssl-devel` on Fedora.', 'libssl-dev'],
    ["'libdbus-1-dev' and 'pkg-config' are installed:", 'libdbus-1-dev'],
  ] as const)
    assert.deepEqual(findSignals(line, packageHints), [{ kind: 'debian-package', name }]);
});

test('ordinary output says nothing', () => {
  for (const line of [
    '   Compiling serde v1.0.228',
    'warning: unused variable: `x`',
    'error[E0432]: unresolved import `missing`',
    'error[E0425]: cannot find value `x` in this scope',
    'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace',
  ])
    assert.deepEqual(findSignals(line), [], line);
});
