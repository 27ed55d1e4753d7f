import assert from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { layFiles } from '../../../src/archive/lay-files.ts';
import { packFiles } from '../../../src/archive/pack-files.ts';
import { dependencyFiles, partOf } from '../../../src/oci/dependency-files.ts';
import { sumOf } from '../../../src/oci/image-parts.ts';

const own = { packages: new Set(['my-app', 'helper']), crates: new Set(['my_app', 'c']) };
const hash = '0123456789abcdef';

test('of a target only what cargo made of dependencies is taken, wherever a project writes', () => {
  const part = (path: string) => partOf(path, 'dev', own);
  for (const path of [
    `build/debug/.fingerprint/serde-${hash}`,
    `build/debug/.fingerprint/my-app-macros-${hash}/lib-my_app`,
    `build/debug/build/libc-${hash}/out/made.rs`,
    `build/thumbv8m.main-none-eabihf/debug/deps/libserde-${hash}.rlib`,
    `out/debug/deps/libmy_app_macros-${hash}.so`,
    `build/debug/deps/libc-${hash}.d`,
    `build/debug/deps/liblibc-${hash}.rmeta`,
  ])
    assert.equal(part(path), 'unit', path);
  for (const path of [
    `build/debug/.fingerprint/my-app-${hash}`,
    `build/debug/.fingerprint/my-app-${hash}/dep-lib-my_app`,
    `x86_64/debug/.fingerprint/my-app-${hash}`,
    `build/debug/.fingerprint/helper`,
    `build/debug/build/helper-${hash}/out`,
    `build/debug/deps/libmy_app-${hash}.rmeta`,
    `build/debug/deps/libmy_app.so`,
    `build/debug/deps/my_app-${hash}`,
    `build/debug/deps/libc-${hash}.rlib`,
    `build/release/.fingerprint/serde-${hash}`,
    'build/debug/incremental/serde-1',
    'build/debug/.cargo-lock',
    'out/debug/my-app',
    'elsewhere',
  ])
    assert.equal(part(path), 'other', path);
  for (const path of ['build', 'out', 'build/debug', 'build/debug/deps', 'build/x86_64-unknown-linux-gnu'])
    assert.equal(part(path), 'on the way', path);
  assert.equal(partOf(`build/release/deps/libserde-${hash}.rlib`, 'release', own), 'unit');
});

function folder(context: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'dependency-files-'));
  context.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('equal targets give equal bytes, whenever they were made; no link of one is followed', async (context) => {
  const made = folder(context);
  const target = (name: string, more: (root: string) => void = () => {}) => {
    const root = join(made, name);
    for (const path of [
      `build/debug/deps/libserde-${hash}.rlib`,
      `build/debug/build/libc-${hash}/build-script-build`,
      `build/debug/.fingerprint/my-app-${hash}/lib-my_app`,
      'build/CACHEDIR.TAG',
    ]) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), path, { mode: path.endsWith('-build') ? 0o700 : 0o600 });
    }
    linkSync(
      join(root, `build/debug/build/libc-${hash}/build-script-build`),
      join(root, `build/debug/build/libc-${hash}/build_script_build-${hash}`),
    );
    symlinkSync('/etc', join(root, 'build/debug/deps/etc'));
    more(root);
    return { sum: 'x', profile: 'dev', target: root, own } as const;
  };
  const one = target('one');
  const files = [...dependencyFiles(one)];
  assert.deepEqual(
    files.map(({ path, kind }) => `${kind} ${path.slice('box/target/'.length)}`),
    [
      'folder build',
      'folder build/debug',
      'folder build/debug/.fingerprint',
      'folder build/debug/build',
      `folder build/debug/build/libc-${hash}`,
      `open-file build/debug/build/libc-${hash}/build-script-build`,
      `hard-link build/debug/build/libc-${hash}/build_script_build-${hash}`,
      'folder build/debug/deps',
      'link build/debug/deps/etc',
      `open-file build/debug/deps/libserde-${hash}.rlib`,
    ],
  );
  const modes = files.flatMap((file) => ('mode' in file ? [file.mode.toString(8)] : []));
  assert.deepEqual([...new Set(modes)].sort(), ['666', '777']);
  const sum = async (wanted: ReturnType<typeof target>) => (await sumOf(packFiles(dependencyFiles(wanted)))).sha256;
  const other = target('other', (root) => writeFileSync(join(root, 'build/debug/.cargo-lock'), ''));
  assert.equal(await sum(one), await sum(other));
});

test('what is laid is what would be packed: as second names of the same files', (context) => {
  const made = folder(context);
  const source = join(made, 'source');
  writeFileSync(source, 'text');
  layFiles(
    [
      { kind: 'folder', path: 'a/b', mode: 0o755 },
      { kind: 'file', path: 'a/b/c', mode: 0o644, source, sizeBytes: 4 },
      { kind: 'text', path: 'd/e', mode: 0o644, text: 'more' },
    ],
    join(made, 'laid'),
  );
  assert.equal(statSync(join(made, 'laid/a/b/c')).ino, statSync(source).ino);
  assert.equal(readFileSync(join(made, 'laid/d/e'), 'utf8'), 'more');
  assert.throws(
    () => layFiles([{ kind: 'link', path: 'x', target: '/etc' }], join(made, 'laid')),
    /nothing that is laid/,
  );
});
