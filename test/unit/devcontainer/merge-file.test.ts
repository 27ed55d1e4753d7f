import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findHazards } from '../../../src/devcontainer/find-hazards.ts';
import { mergeFile } from '../../../src/devcontainer/merge-file.ts';
import { plainValue } from '../../../src/devcontainer/read-jsonc.ts';
import { type DevcontainerWish, wantedOf } from '../../../src/devcontainer/wanted.ts';
import { documentOf, id, manifest, wish } from './support.ts';

const asWritten = (text: string) => text;
const merge = (before: unknown, wanted: DevcontainerWish = wish, meaning = asWritten) =>
  mergeFile(documentOf(before), wantedOf(wanted), meaning);
type File = Record<string, unknown>;
const plain = (text: string) => plainValue(documentOf(text).root) as File;
const fresh = (wanted: DevcontainerWish = wish) => merge('{}', wanted).text;

test('a new file holds the walls, opens nothing, and is left as it is the next time', () => {
  for (const mode of ['strict', 'editor'] as const) {
    const text = fresh({ ...wish, mode });
    const file = plain(text);
    assert.equal(file.image, id);
    assert.deepEqual((file.runArgs as string[]).slice(0, 3), [
      '--network=none',
      '--cap-drop=ALL',
      '--security-opt=no-new-privileges',
    ]);
    assert.equal(file.updateRemoteUserUID, false);
    assert.equal(file.userEnvProbe, 'none');
    assert.equal((file.workspaceMount as string).endsWith(',readonly'), mode === 'strict');
    const readOnly = (file.mounts as string[]).filter((mount) => mount.endsWith(',readonly'));
    assert.equal(readOnly.length, mode === 'strict' ? 3 : 5);
    assert.deepEqual(
      findHazards(documentOf(text), () => false),
      [],
    );
    const again = merge(text, { ...wish, mode });
    assert.deepEqual([again.text, again.changes, again.conflicts], [text, [], []]);
  }
});

test('own keys, comments and order stay, in a file with commas at the end', () => {
  const before = `// ours
{
  /* first */ "forwardPorts": [3000],
  "mounts": [
    "type=volume,source=history,target=/history", // keep
  ],
  "customizations": {"vscode": {"settings": {"editor.tabSize": 3}, "extensions": ["a.b"]}},
  "containerEnv": {"MINE": "1"}, // last
}
`;
  const { text, conflicts } = merge(before);
  assert.deepEqual(conflicts, []);
  for (const kept of ['// ours\n', '/* first */ "forwardPorts": [3000],\n', '/history", // keep\n', '"MINE": "1"'])
    assert.ok(text.includes(kept), `${kept}\n${text}`);
  const file = plain(text);
  assert.equal((file.mounts as string[])[0], 'type=volume,source=history,target=/history');
  assert.equal((file.mounts as string[]).length, 5);
  const { vscode } = file.customizations as { vscode: { settings: File; extensions: string[] } };
  assert.equal(vscode.settings['editor.tabSize'], 3);
  assert.deepEqual(vscode.extensions, ['a.b', 'rust-lang.rust-analyzer']);
  assert.deepEqual(Object.keys(file).slice(0, 4), ['forwardPorts', 'mounts', 'customizations', 'containerEnv']);
});

test('what we have written before follows the lock, the mode and the crates', () => {
  const before = fresh();
  const next: DevcontainerWish = {
    ...wish,
    mode: 'editor',
    images: [`sha256:${'1'.repeat(64)}`],
    identity: '2'.repeat(64),
    crates: wish.crates.replace(/d+$/, '3'.repeat(64)),
  };
  const { text, conflicts } = merge(before, next);
  assert.deepEqual(conflicts, []);
  assert.deepEqual(plain(text), plain(fresh(next)));
  assert.deepEqual(plain(merge(text, wish).text), plain(before), 'and back');
});

test('what a person has written otherwise is a conflict with its place, and all of them are named', () => {
  const { conflicts } = merge({
    image: 'rust:1',
    remoteUser: 'me',
    runArgs: ['--network=host', '--init'],
    mounts: ['type=bind,source=/home/me/target,target=/box/target', { type: 'volume', source: 'x', target: '/x' }],
    containerEnv: { CARGO_NET_OFFLINE: 'false' },
    customizations: { vscode: [] },
  });
  const keys = conflicts.map(({ key }) => key);
  for (const key of [
    'image',
    'remoteUser',
    'runArgs',
    'mounts',
    'containerEnv.CARGO_NET_OFFLINE',
    'customizations.vscode',
  ])
    assert.ok(keys.includes(key), key);
  const network = conflicts.find(({ key }) => key === 'runArgs');
  assert.deepEqual([network?.theirs, network?.ours], ['"--network=host"', '"--network=none"']);
});

test('the image may be named in each way that says its bytes, and in no other', () => {
  const image = (name: string, wanted = wish) => merge(fresh().replace(id, name), wanted).conflicts.length;
  assert.equal(image(manifest), 0);
  assert.equal(image('rust:1'), 1);
  assert.equal(image(`team/env@sha256:${'9'.repeat(64)}`), 1, 'another one of a registry is a person’s own');
  const named: DevcontainerWish = { ...wish, images: [`team/env@${manifest}`], repository: 'team/env' };
  assert.equal(image(`team/env@sha256:${'9'.repeat(64)}`, named), 0);
  assert.equal(plain(merge(fresh(), named).text).image, `team/env@${manifest}`);
});

test('another way to write the same place of this machine is no conflict', () => {
  const text = fresh().replaceAll('${localEnv:HOME}', '/home/me');
  const here = (word: string) => word.replaceAll('${localEnv:HOME}', '/home/me');
  assert.deepEqual(merge(text, wish, here).changes, []);
});

test('limits and variables of the configuration are in it', () => {
  const file = plain(
    fresh({ ...wish, limits: { processes: 100, memoryBytes: 1024, cpus: 1.5, openFiles: 64 }, variables: { A: 'b' } }),
  );
  assert.deepEqual((file.runArgs as string[]).slice(3), [
    '--pids-limit=100',
    '--memory=1024',
    '--cpus=1.5',
    '--ulimit=nofile=64',
  ]);
  assert.equal((file.containerEnv as File).A, 'b');
});
