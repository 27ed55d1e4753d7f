import assert from 'node:assert/strict';
import { contentsKeys } from '../../../src/environment/debian/contents-line.ts';
import { isPackageName } from '../../../src/layers/additions.ts';
import { describeWanted } from '../../../src/layers/wanted.ts';
import { chooseBelow, choosePackage } from '../../../src/learning/choose-package.ts';
import { declaredModules } from '../../../src/learning/declared-modules.ts';
import { findDownloads } from '../../../src/learning/find-downloads.ts';
import { findMissed } from '../../../src/learning/find-missed.ts';
import { findTooOld } from '../../../src/learning/find-too-old.ts';
import { failureOf, readFailures } from '../../../src/learning/read-failures.ts';
import { readRecord } from '../../../src/learning/read-record.ts';
import { readTree } from '../../../src/learning/read-tree.ts';
import { parseToml } from '../../../src/toml/parse.ts';
import { type Parser, text } from '../parser.ts';

const said = text(
  'error: failed to run custom build command for `alsa-sys v0.3.1`',
  '',
  'Caused by:',
  '  --- stderr',
  '  Package alsa was not found in the pkg-config search path.',
  "  Package 'alsa', required by 'virtual:world', not found",
  "  x.c:1:10: fatal error: selinux/selinux.h: No such file or directory; failed to find 'a.h'; apt install liba-dev",
  'error: linking with `cc` failed: exit status: 1',
  '  = note: rust-lld: error: unable to find library -l:libpulse.so.0',
  'error: could not compile `app` (bin "app") due to 1 previous error',
);
const words = [
  ...[
    'error: ',
    'warning: ',
    '`',
    "'",
    ' v',
    'alsa',
    'not found',
    'cannot find -l',
    'could not compile `',
    '.h',
    '-dev',
  ],
  ...['\0', '\x1e', 'asked', 'absent', '--libs', ' >= 1', ',', 'CMake', ' (missing', 'is `', '` not installed'],
];

/** What comes out is looked up and shown: a name, and nothing that a program could take for something else. */
function checkNames(names: Iterable<string>): void {
  for (const name of names) assert.match(name, /^[\w.+/-]{1,128}$/);
}

export const learningParsers: readonly Parser[] = [
  {
    name: 'build-failures',
    modules: ['learning/read-failures.ts', 'learning/signals.ts'],
    seeds: () => [said],
    words,
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const { crates, missed, hints } = readFailures(bytes.toString('utf8'));
      checkNames([...missed, ...hints].map(({ wanted }) => wanted.name));
      for (const { wanted } of missed) assert.ok(describeWanted(wanted).length < 200);
      for (const crate of crates) {
        assert.match(crate, /^(?:[\w-]{1,128}|the project)$/);
        assert.ok(!failureOf(bytes.toString('utf8'), crate).includes('\n'));
      }
      return undefined;
    },
  },
  {
    name: 'missed-downloads',
    modules: ['learning/find-downloads.ts'],
    seeds: () => [
      text(
        'error: failed to run custom build command for `sdk-sys v0.3.1`',
        '  cargo:rerun-if-env-changed=SDK_ARCHIVE',
        '  fetching https://example.test/sdk.zip',
        '  curl: (6) Could not resolve host: example.test',
      ),
    ],
    words: [
      ...words,
      'https://',
      'cargo:rerun-if-env-changed=',
      'trying to download',
      '\u001b[1m',
      'Could not resolve host: ',
    ],
    mostBytes: 512 * 1024,
    feed: (bytes) => {
      for (const { crate, from, variables } of findDownloads(bytes.toString('utf8'))) {
        checkNames([crate]);
        assert.ok(from.length <= 3 && from.every((one) => one.length < 700 && !/[\s`"']/.test(one)));
        assert.ok(variables.length <= 6);
        for (const name of variables) assert.match(name, /^\w{1,64}$/);
      }
      return undefined;
    },
  },
  {
    name: 'too-old',
    modules: ['learning/find-too-old.ts'],
    seeds: () => [
      text(
        'error: failed to run custom build command for `fltk-sys v1.5.23`',
        '  CMake 3.28 or higher is required.  You are running version 3.25.1',
        "  Requested 'glfw3 >= 3.4.0' but version of GLFW is 3.3.8",
        "  Package 'libpipewire-0.3' has version '0.3.65', required version is '>= 1.4.0'",
      ),
    ],
    words: [
      ...words,
      "Requested '",
      ' >= 1.0',
      "' but version of ",
      ' is 1',
      'CMake 1 or higher is required.',
      'version ',
    ],
    mostBytes: 512 * 1024,
    feed: (bytes) => {
      for (const { crate, name, wanted, has } of findTooOld(bytes.toString('utf8'))) {
        checkNames([crate, name]);
        for (const version of [wanted, ...(has === null ? [] : [has])]) assert.match(version, /^[0-9][\w.+~-]*$/);
      }
      return undefined;
    },
  },
  {
    name: 'build-record',
    modules: ['learning/read-record.ts'],
    seeds: () => [Buffer.from('asked\0alsa-sys\0--libs\0alsa >= 1.2\0\x1eabsent\0alsa-sys\0R\0\x1e')],
    words,
    mostBytes: 16 * 1024 * 1024,
    feed: (bytes) => {
      const record = readRecord(bytes.toString('utf8'));
      for (const names of [...record.asked.values(), ...record.absent.values()]) {
        assert.ok(names.length <= 50);
        checkNames(names);
      }
      findMissed(readFailures(Buffer.from(said).toString()), record, () => []);
      return undefined;
    },
  },
  {
    name: 'cargo-tree',
    modules: ['learning/read-tree.ts'],
    seeds: () => [
      text(
        '0  app v0.1.0 (/box/project)',
        '1 default,std glib-sys v0.22.9',
        '2  system-deps v9.0.1',
        '1  macros v0.1.0 (proc-macro) (/box/project/a folder)',
        '2 default,std libc v0.2.191 (*)',
      ),
    ],
    words: [' v1.0.0', '0  ', '99999 ', ' (*)', ',', '(/box/', 'default', '\n', '\t', '__proto__'],
    mostBytes: 32 * 1024 * 1024,
    feed: (bytes) => {
      for (const { name, version, dependencies } of readTree(bytes.toString('utf8'))) {
        checkNames([name, ...dependencies]);
        checkNames([version]);
      }
      return undefined;
    },
  },
  {
    name: 'declared-modules',
    modules: ['learning/declared-modules.ts'],
    seeds: () => [
      text(
        '[package.metadata.system-deps]',
        'alsa = "1.0"',
        'x = { name = "libx", version = "1", optional = true, feature = "a", fallback-names = ["y"] }',
        '[package.metadata.system-deps.z.v1_2]',
        'version = "1.2"',
        "[package.metadata.system-deps.'cfg(unix)']",
        'udev = "200"',
      ),
    ],
    words: ['[package.metadata.system-deps', ']', '.v1', 'optional', 'fallback-names', 'cfg(', '"', '= {', '__proto__'],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const parsed = parseToml(bytes.toString('utf8'), 'Cargo.toml');
      if (!parsed.ok) return parsed;
      const modules = declaredModules(parsed.value, new Set(['a', 'v1_2']), () => true);
      assert.ok(modules.length <= 50);
      for (const names of modules) {
        assert.ok(names.length > 0 && names.length <= 10);
        checkNames(names);
      }
      return undefined;
    },
  },
  {
    name: 'contents-lines',
    modules: ['environment/debian/contents-line.ts'],
    seeds: () => [
      text(
        'usr/lib/x86_64-linux-gnu/pkgconfig/alsa.pc  libdevel/libasound2-dev',
        'usr/bin/protoc  devel/protobuf-compiler',
        'usr/include/a/b.h  libdevel/a-dev,libs/b',
      ),
    ],
    words: ['usr/', 'lib/', 'bin/', 'pkgconfig/', '.pc', '.so', ' ', ',', '/', '-dev', '\t'],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const lines = bytes.toString('latin1').split('\n').slice(0, 2000);
      const packages = lines
        .flatMap((line) => contentsKeys(line, 'bookworm'))
        .flatMap((key) => key.slice(key.indexOf('\t') + 1).split(','));
      const index = {
        find: () => packages.slice(0, 6),
        findBelow: () => [{ folder: 'a', packages }],
      };
      const chosen = [choosePackage({ kind: 'module', name: 'x' }, index), chooseBelow('x.h', index)?.name ?? null];
      assert.ok(chosen.every((one) => one === null || isPackageName(one)));
      return undefined;
    },
  },
];
