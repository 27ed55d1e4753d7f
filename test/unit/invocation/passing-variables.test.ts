import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSecretName, passingTable, passingVariables } from '../../../src/invocation/passing-variables.ts';

const names = (...variables: string[]) =>
  passingVariables(Object.fromEntries(variables.map((name) => [name, 'x']))).map(({ name }) => name);

test('what people expect to work passes, sorted', () => {
  const expected = [
    ...['CARGO_BUILD_JOBS', 'CARGO_BUILD_TARGET', 'CARGO_INCREMENTAL', 'CARGO_PROFILE_DEV_OPT_LEVEL'],
    ...['CARGO_PROFILE_RELEASE_BUILD_OVERRIDE_DEBUG', 'CARGO_TERM_COLOR', 'CARGO_TERM_PROGRESS_WHEN', 'CI', 'LANG'],
    ...[
      'LC_ALL',
      'NO_COLOR',
      'RUSTDOCFLAGS',
      'RUSTFLAGS',
      'RUST_BACKTRACE',
      'RUST_LOG',
      'SOURCE_DATE_EPOCH',
      'TERM',
      'TZ',
    ],
  ];
  assert.deepEqual(names(...[...expected].reverse()), expected);
});

test('what names a program, a path or a secret never passes', () => {
  const blocked = [
    ...['CARGO_BUILD_RUSTC', 'CARGO_BUILD_RUSTC_WRAPPER', 'CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER', 'CARGO_BUILD_RUSTDOC'],
    ...['CARGO_BUILD_TARGET_DIR', 'CARGO_BUILD_BUILD_DIR', 'CARGO_BUILD_DEP_INFO_BASEDIR', 'CARGO_TARGET_DIR'],
    ...['CARGO_HOME', 'CARGO', 'RUSTC', 'RUSTC_WRAPPER', 'RUSTDOC', 'RUSTUP_TOOLCHAIN', 'RUSTUP_HOME', 'PATH', 'HOME'],
    ...['LD_PRELOAD', 'LD_LIBRARY_PATH', 'SSH_AUTH_SOCK', 'GITHUB_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'CARGO_NET_OFFLINE'],
    ...['CARGO_REGISTRY_TOKEN', 'CARGO_REGISTRIES_MINE_TOKEN', 'CARGO_REGISTRIES_MINE_INDEX', 'CARGO_REGISTRY_DEFAULT'],
    ...['CARGO_REGISTRY_CREDENTIAL_PROVIDER', 'CARGO_HTTP_PROXY', 'http_proxy', 'CARGO_TARGET_X_LINKER'],
    ...[
      'CARGO_TARGET_X_RUNNER',
      'CARGO_ALIAS_B',
      'CARGO_UNSTABLE_SCRIPT',
      'CARGO_PROFILE_',
      'CARGO_TERM_',
      'RUSTFLAGS2',
    ],
    ...[
      'CARGO_PROFILE_X_TOKEN',
      'CARGO_TERM_PASSWORD',
      'CARGO_PROFILE_a\nb',
      'rustflags',
      'XRUSTFLAGS',
      'TERMINFO',
      '',
    ],
    ...['CARGO_RESOLVER_LOCKFILE_PATH', 'CARGO_MAKEFLAGS', 'MAKEFLAGS', 'CC', 'CFLAGS', 'PKG_CONFIG_PATH'],
  ];
  assert.deepEqual(names(...blocked), []);
});

test('what changes the result is part of the identity', () => {
  const changes = (name: string) => passingVariables({ [name]: 'x' })[0]?.changesResult;
  for (const name of ['RUSTFLAGS', 'CARGO_PROFILE_DEV_LTO', 'CI', 'SOURCE_DATE_EPOCH', 'CARGO_INCREMENTAL', 'LC_ALL']) {
    assert.equal(changes(name), true, name);
  }
  for (const name of ['TERM', 'CARGO_TERM_COLOR', 'RUST_LOG', 'RUST_BACKTRACE', 'CARGO_BUILD_JOBS', 'NO_COLOR']) {
    assert.equal(changes(name), false, name);
  }
});

test('values pass as they are, also empty and odd ones', () => {
  assert.deepEqual(passingVariables({ RUSTFLAGS: '', CI: 'a\nb' }), [
    { name: 'CI', value: 'a\nb', changesResult: true },
    { name: 'RUSTFLAGS', value: '', changesResult: true },
  ]);
});

test('every row has its reason, once', () => {
  assert.equal(new Set(passingTable.map((row) => row.name)).size, passingTable.length);
  for (const row of passingTable) {
    assert.ok(row.why.length > 5, row.name);
    assert.equal(isSecretName(row.name.replace('*', 'X')), false, row.name);
  }
});
