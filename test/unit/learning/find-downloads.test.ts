import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDownloads, findPlaces } from '../../../src/learning/find-downloads.ts';

const failed = (crate: string, stdout: readonly string[], stderr: readonly string[]) =>
  [
    `\u001b[1m\u001b[31merror\u001b[0m: failed to run custom build command for \`${crate} v1.0.0\``,
    '',
    'Caused by:',
    "  process didn't exit successfully: `/box/target/x` (exit status: 101)",
    '  --- stdout',
    ...stdout.map((line) => `  ${line}`),
    '',
    '  --- stderr',
    ...stderr.map((line) => `  ${line}`),
    'warning: build failed, waiting for other jobs to finish...',
    '',
  ].join('\n');

// As the build scripts of these crates said it in a box.
test('of v8, which keeps what it downloads beside its sources, the variables that name a copy come first', () => {
  const variables = ['CCACHE', 'GN_ARGS', 'HOST', 'LIBCLANG_PATH', 'OUT_DIR', 'RUSTY_V8_ARCHIVE', 'V8_FROM_SOURCE'];
  const stdout = ['cargo:rerun-if-changed=.gn', ...variables.map((name) => `cargo:rerun-if-env-changed=${name}`)];
  const stderr = [
    'Couldn\'t open lib download lockfile.: Os { code: 13, kind: PermissionDenied, message: "Permission denied" }',
  ];
  assert.deepEqual(findDownloads(failed('v8', stdout, stderr)), [
    { crate: 'v8', from: [], variables: ['RUSTY_V8_ARCHIVE', 'GN_ARGS', 'V8_FROM_SOURCE'] },
  ]);
});

test('the address is the one that could not be reached, not one of its documentation', () => {
  const stderr = [
    'see https://docs.example/help for more',
    'fetching https://files.example/sdk-1.2.zip.',
    'curl: (6) Could not resolve host: files.example',
  ];
  assert.deepEqual(findDownloads(failed('a', [], stderr))[0]?.from, ['https://files.example/sdk-1.2.zip']);
});

test('where no address is named the host is, as each program says it', () => {
  for (const line of [
    "fatal: unable to access 'git': Could not resolve host: files.example",
    'wget: unable to resolve host address ‘files.example’',
    'go: dial tcp: lookup files.example on 127.0.0.1:53: read: connection refused',
    'java.net.UnknownHostException: files.example',
    "Dns Failed: resolve dns name 'files.example:443': failed to lookup address information",
  ])
    assert.deepEqual(findDownloads(failed('a', [], [line])), [{ crate: 'a', from: ['files.example'], variables: [] }]);
});

test('a failure for another reason wants nothing from a network, whatever addresses it names', () => {
  const lines = ["Package 'alsa' not found", 'see https://docs.example/help'];
  assert.deepEqual(findDownloads(failed('alsa-sys', [], lines)), []);
  assert.deepEqual(findDownloads('error: could not compile `a`\n  Could not resolve host: b\n'), []);
});

test('of torch-sys, which takes what it is told of, the variable that names a place', () => {
  const stdout = ['CC', 'LIBTORCH_USE_PYTORCH', 'LIBTORCH', 'TORCH_CUDA'].map(
    (name) => `cargo:rerun-if-env-changed=${name}`,
  );
  const stderr = ['Error: ', 'Cannot find a libtorch install, you can either:'];
  const text = failed('torch-sys', stdout, stderr);
  assert.deepEqual(findDownloads(text), []);
  assert.deepEqual(findPlaces(text), [{ crate: 'torch-sys', variables: ['LIBTORCH', 'LIBTORCH_USE_PYTORCH'] }]);
  assert.deepEqual(findPlaces(failed('a', ['cargo:rerun-if-env-changed=A_THING'], [])), []);
});

test('of jq-sys the variable that its words name, and none of those that the crate pkg-config reads', () => {
  const ofPkgConfig = ['LIBJQ', 'LIBONIG'].flatMap((name) =>
    ['NO_PKG_CONFIG', 'STATIC', 'DYNAMIC'].map((end) => `cargo:rerun-if-env-changed=${name}_${end}`),
  );
  const stderr = ['Unable to find libjq. Try setting `JQ_LIB_DIR` to specify the location of the lib.'];
  assert.deepEqual(findPlaces(failed('jq-sys', ofPkgConfig, stderr)), [{ crate: 'jq-sys', variables: ['JQ_LIB_DIR'] }]);
  assert.deepEqual(findPlaces(failed('jq-sys', ofPkgConfig, ['no'])), []);
});
