import assert from 'node:assert/strict';
import { chmodSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { componentDigests } from '../../../src/facts/hash-components.ts';
import { host, readIn, stable, temporaryRustup } from './temporary-toolchain.ts';
import { addFiles, problemIn, temporaryTree, valueIn } from './temporary-tree.ts';

const names = [`rustc-${host}`, `cargo-${host}`];

test('names a component by path, executable bit and content, and by nothing else', async (context) => {
  const { root } = temporaryRustup(context);
  const toolchain = valueIn(readIn(root));
  const before = valueIn(await componentDigests(toolchain, names, new AbortController().signal));
  assert.deepEqual(
    before.map(({ name }) => name),
    [`cargo-${host}`, `rustc-${host}`],
  );
  const other = temporaryRustup(context);
  assert.deepEqual(
    valueIn(await componentDigests(valueIn(readIn(other.root)), names, new AbortController().signal)),
    before,
  );

  const cargo = join(toolchain.path, 'bin/cargo');
  utimesSync(cargo, 1, 1);
  assert.deepEqual(valueIn(await componentDigests(toolchain, names, new AbortController().signal)), before);
  chmodSync(cargo, 0o755);
  const executable = valueIn(await componentDigests(toolchain, names, new AbortController().signal));
  assert.notEqual(executable[0]?.sha256, before[0]?.sha256);
  assert.equal(executable[1]?.sha256, before[1]?.sha256);
  addFiles(toolchain.path, { 'lib/codegen/a/two.so': 'two' });
  assert.notEqual(
    valueIn(await componentDigests(toolchain, names, new AbortController().signal))[1]?.sha256,
    before[1]?.sha256,
  );
});

test('counts a linked toolchain as one component', async (context) => {
  const path = temporaryTree(context, { 'bin/rustc': 'r', 'lib/x/core.rlib': 'x', 'share/doc/huge': 'not counted' });
  const toolchain = { path, name: 'mine', components: [] };
  const before = valueIn(await componentDigests(toolchain, names, new AbortController().signal));
  assert.deepEqual(
    before.map(({ name }) => name),
    ['toolchain'],
  );
  addFiles(path, { 'share/doc/huge': 'changed' });
  assert.deepEqual(valueIn(await componentDigests(toolchain, names, new AbortController().signal)), before);
  addFiles(path, { 'lib/x/core.rlib': 'y' });
  assert.notDeepEqual(valueIn(await componentDigests(toolchain, names, new AbortController().signal)), before);
});

test('is a problem where a component is damaged or not there', async (context) => {
  const { root } = temporaryRustup(context);
  const toolchain = valueIn(readIn(root));
  assert.equal(problemIn(await componentDigests(toolchain, ['none'], new AbortController().signal)).code, 'toolchain');
  const list = `rustup/toolchains/${stable}/lib/rustlib/manifest-cargo-${host}`;
  for (const line of ['file:bin/gone', 'file:../../../../etc/passwd', 'file:/etc/passwd']) {
    addFiles(root, { [list]: `${line}\n` });
    assert.equal(problemIn(await componentDigests(toolchain, names, new AbortController().signal)).code, 'toolchain');
  }
});
