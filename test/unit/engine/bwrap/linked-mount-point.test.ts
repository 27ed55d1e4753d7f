import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ensurePreloadPoint } from '../../../../src/commands/pipeline/prepare-walls.ts';
import { linkedMountPoint } from '../../../../src/engine/bwrap/linked-mount-point.ts';

function rootOf(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'mount-point-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const [root, machine] = [join(folder, 'root'), join(folder, 'machine')];
  for (const name of ['box', 'proc', 'dev', 'tmp', 'usr/bin', 'run']) mkdirSync(join(root, name), { recursive: true });
  mkdirSync(machine);
  symlinkSync('usr/bin', join(root, 'bin'));
  return { root, machine };
}

const targets = ['/box/project', '/etc/ld.so.preload', '/data/set'];

test('a root whose mount points are folders and files is taken', (context) => {
  const { root } = rootOf(context);
  mkdirSync(join(root, 'etc'));
  assert.equal(linkedMountPoint(root, targets), null);
  writeFileSync(join(root, 'etc/ld.so.preload'), '');
  assert.equal(linkedMountPoint(root, targets), null);
});

test('no mount point of a root is a link, by which it would be made among the files of this machine', (context) => {
  for (const place of ['box', 'tmp', 'etc', 'data', 'etc/ld.so.preload']) {
    const { root, machine } = rootOf(context);
    rmSync(join(root, place), { recursive: true, force: true });
    if (place !== 'etc') mkdirSync(join(root, 'etc'));
    // bubblewrap has this machine there while it makes a box.
    symlinkSync(join('/oldroot', machine), join(root, place));
    assert.equal(linkedMountPoint(root, targets), `/${place}`);
  }
});

test('nothing is written through a link of a root', (context) => {
  const { root, machine } = rootOf(context);
  symlinkSync(machine, join(root, 'etc'));
  ensurePreloadPoint({ kind: 'directory', path: root });
  assert.deepEqual(readdirSync(machine), []);
  rmSync(join(root, 'etc'));
  mkdirSync(join(root, 'etc'));
  ensurePreloadPoint({ kind: 'directory', path: root });
  assert.ok(existsSync(join(root, 'etc/ld.so.preload')));
});
