import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTooOld } from '../../../src/learning/find-too-old.ts';

const failed = (crate: string, ...said: readonly string[]) =>
  [
    `\u001b[1m\u001b[31merror\u001b[0m: failed to run custom build command for \`${crate} v1.0.0\``,
    '',
    'Caused by:',
    '  --- stderr',
    ...said.map((line) => `  ${line}`),
    'warning: build failed, waiting for other jobs to finish...',
    '',
  ].join('\n');

// As real builds said it in bookworm, and as the programs print it.
const recorded: readonly (readonly [crate: string, said: readonly string[], found: string])[] = [
  [
    'fltk-sys',
    [
      'CMake Error at CMakeLists.txt:1 (cmake_minimum_required):',
      '  CMake 3.28 or higher is required.  You are running version 3.25.1',
    ],
    'CMake 3.28 3.25.1',
  ],
  ['pkg-config', ["Requested 'glfw3 >= 3.4.0' but version of GLFW is 3.3.8"], 'glfw3 3.4.0 3.3.8'],
  [
    'pkgconf',
    [
      "Package dependency requirement 'libpipewire-0.3 >= 1.4.0' could not be satisfied.",
      "Package 'libpipewire-0.3' has version '0.3.65', required version is '>= 1.4.0'",
    ],
    'libpipewire-0.3 1.4.0 0.3.65',
  ],
  ['meson', ['meson.build:1:0: ERROR: Meson version is 1.0.1 but project requires >=1.3.0'], 'Meson 1.3.0 1.0.1'],
  [
    'CMake',
    ['Could NOT find Boost: Found unsuitable version "1.74.0", but required is at least "1.80" (found /usr/include)'],
    'Boost 1.80 1.74.0',
  ],
  [
    'meson',
    [
      "Dependency libdrm found: NO. Found 2.4.114 but need: '>= 2.4.120'",
      "Dependency libdrm found: NO found 2.4.114 but need: '>= 2.4.120'",
    ],
    'libdrm 2.4.120 2.4.114',
  ],
  ['autoconf', ['configure.ac:1: error: Autoconf version 2.72 or higher is required'], 'Autoconf 2.72 null'],
];

test('what is too old is found with both versions, once for each package', () => {
  for (const [crate, said, expected] of recorded) {
    const found = findTooOld(failed(crate, ...said));
    assert.equal(found.length, 1, crate);
    assert.equal(found[0]?.crate, crate);
    assert.equal(`${found[0]?.name} ${found[0]?.wanted} ${found[0]?.has}`, expected);
  }
});

test('what is only missing, or said by nobody who failed, is not too old', () => {
  assert.deepEqual(findTooOld(failed('alsa-sys', "Package 'alsa', required by 'virtual:world', not found")), []);
  assert.deepEqual(findTooOld("Requested 'a >= 2' but version of a is 1\n"), []);
});
