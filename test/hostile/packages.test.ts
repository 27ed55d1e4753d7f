/** What the programs of a package can do that a project's lock and an archive of caches bring, without any signature. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import test from 'node:test';
import { pack } from 'tar-stream';
import type { DebianHost } from '../../src/environment/debian/debian-host.ts';
import { extractRoot } from '../../src/environment/debian/unpack-root.ts';
import { wallPackages } from '../../src/environment/debian/wall-packages.ts';
import { identity, plainProgram, project, run, sharedHome, temporaryFolder } from '../support/rig.ts';

/** Leaves marks in `folder` by every way to the host, and then fails, so that its end can be seen. */
function script(folder: string): string {
  return `#!/bin/sh
for root in / /proc/1/root/ /proc/$PPID/root/ /../../ /proc/1/cwd/../../../../; do
  echo "$root" > "$root${folder}/MARK"
  cat "$root${folder}/canary" && echo 'E: it has read the canary'
done
mkdir -p /there
mount -t devtmpfs none /there && echo 'E: it has the devices of this machine'
mknod /disk b "$(stat -c '%t %T' /dev/null)" && cat /disk && echo 'E: it has made a device'
echo '|/bin/false' > /proc/sys/kernel/core_pattern && echo 'E: it has set what the kernel starts'
umount -l /proc; mount -o remount,rw,bind /usr
chmod 6755 /bin/true
for process in /proc/[0-9]*; do kill -0 "\${process#/proc/}" && echo "$process"; done
echo 'E: it came to its end'
exit 1
`;
}

test('the programs of a package that no signature vouches for reach nothing of the machine that makes a root', async (context) => {
  const folder = temporaryFolder(context, 'package');
  chmodSync(folder, 0o777);
  writeFileSync(join(folder, 'canary'), 'canary', { mode: 0o600 });
  mkdirSync(join(folder, 'hostile/DEBIAN'), { recursive: true });
  const control = 'Package: hostile\nVersion: 1.0\nArchitecture: all\nMaintainer: a <a@example.com>\nDescription: a\n';
  writeFileSync(join(folder, 'hostile/DEBIAN/control'), control);
  writeFileSync(join(folder, 'hostile/DEBIAN/preinst'), script(folder));
  for (const path of ['', 'DEBIAN', 'DEBIAN/preinst']) chmodSync(join(folder, 'hostile', path), 0o755);
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', join(folder, 'hostile'), join(folder, 'hostile.deb')]);
  const bytes = readFileSync(join(folder, 'hostile.deb'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');

  const made = project(context, plainProgram('packaged', 'fn main() {}\n'));
  // Whatever environment the suite is about: packages are Debian's.
  const inDebian = (...words: readonly string[]) => made.boxed(['--environment', 'debian', ...words]);
  const locked = await inDebian('lock');
  assert.equal(locked.status, 0, locked.text);
  const lock = JSON.parse(made.read('cargo-boxed.lock'));
  const path = 'pool/main/h/hostile/hostile_1.0_all.deb';
  const named = { name: 'hostile', version: '1.0', architecture: 'all', archive: 'debian', path };
  const { snapshot, rootSha256: baseSha256 } = lock.debian;
  const packages = [{ ...named, sizeBytes: bytes.length, sha256 }];
  lock.debian.added = { names: ['hostile'], snapshot, packages, baseSha256 };
  lock.debian.rootSha256 = '0'.repeat(64);
  made.write('cargo-boxed.lock', JSON.stringify(lock));
  made.write('cargo-boxed.yaml', 'packages: [hostile]\n');
  const archive = join(folder, 'archive');
  mkdirSync(join(archive, 'packages'), { recursive: true });
  writeFileSync(join(archive, 'cargo-boxed-cache.json'), '{"identity":null,"version":1}');
  writeFileSync(join(archive, `packages/${sha256}.deb`), bytes);
  const entries = ['cargo-boxed-cache.json', `packages/${sha256}.deb`];
  execFileSync('tar', ['--create', '--file', made.path('cache.tar'), '--directory', archive, ...entries]);

  context.after(() => rmSync(join(sharedHome, `cache/debs/${sha256}.deb`), { force: true }));
  const imported = await inDebian('cache', 'import', 'cache.tar');
  assert.match(imported.stdout, /Taken over: 1 Debian packages/, imported.text);
  const built = await inDebian('build');
  assert.notEqual(built.status, 0, built.text);
  assert.match(built.stderr, /it came to its end/, built.text);
  assert.ok(!existsSync(join(folder, 'MARK')), `it has written to the host by ${markOf(folder)}`);
  assert.doesNotMatch(readFileSync('/proc/sys/kernel/core_pattern', 'utf8'), /^\|\/bin\/false/);

  // Namespaces alone, with the root of the machine in sight, are no wall.
  if (identity !== 'root') return;
  const open = ['unshare', '--mount', '--pid', '--net', '--fork', '--mount-proc', 'sh', '-c'];
  await run([...open, `echo / > /proc/1/root${folder}/MARK`]);
  assert.ok(existsSync(join(folder, 'MARK')));
});

test('an archive that a package has put in the place of its root brings no device of the machine', async (context) => {
  const folder = temporaryFolder(context, 'devices');
  chmodSync(folder, 0o755);
  const locations = { userConfig: '', data: folder, cache: folder, state: folder };
  const host: DebianHost = {
    locations,
    variables: process.env,
    forbidden: [],
    onProgress: () => {},
    snapshotMirror: null,
  };
  const archive = pack();
  archive.entry({ name: './zero', type: 'character-device', mode: 0o666, devmajor: 1, devminor: 5 });
  archive.finalize();
  await pipeline(archive as unknown as Readable, createWriteStream(join(folder, 'root.tar')));
  mkdirSync(join(folder, 'root'));
  assert.ok((await extractRoot(host, join(folder, 'root.tar'), join(folder, 'root'))) !== null);
  assert.equal(statSync(join(folder, 'root/zero'), { throwIfNoEntry: false }), undefined);
  if (process.getuid?.() !== 0) return;
  // One that has come in all the same is of no use behind the wall.
  execFileSync('mknod', ['-m', '666', join(folder, 'zero'), 'c', '1', '5']);
  const wall = await wallPackages(host, folder);
  assert.ok(wall.ok, JSON.stringify(wall));
  const [program = '', ...words] = [...wall.value.prefix, 'head', '-c1', join(wall.value.folder, 'zero')];
  const ended = spawnSync(program, words, { encoding: 'utf8' });
  assert.match(ended.stderr, /zero.*Permission denied/);
});

function markOf(folder: string): string {
  return existsSync(join(folder, 'MARK')) ? readFileSync(join(folder, 'MARK'), 'utf8') : '';
}
