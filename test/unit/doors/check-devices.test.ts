import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import list from '../../../images/devices.json' with { type: 'json' };
import { devicePath } from '../../../src/config/value-type.ts';
import { checkDevices } from '../../../src/doors/check-devices.ts';

const why = (path: string, kinds?: Parameters<typeof checkDevices>[1], drivers?: () => string) =>
  checkDevices([path], kinds, drivers)[0]?.why ?? null;

test('no disk, memory, terminal, tunnel or FUSE is a device that can be asked for', () => {
  for (const path of [
    ...['/dev/sda', '/dev/nvme0n1', '/dev/loop0', '/dev/mem', '/dev/kmem', '/dev/port', '/dev/kmsg', '/dev/tty'],
    ...['/dev/tty0', '/dev/ttyS0', '/dev/ptmx', '/dev/fuse', '/dev/net/tun', '/dev/input/event0', '/dev/uinput'],
    ...['/dev/dri/card0', '/dev/vhost-net', '/dev/loop-control', '/dev/mapper/control', '/dev/tpm0', '/dev/snd/seq'],
    ...['/dev/kvm/', '/dev/kvm/../sda', '/dev/./kvm', '/dev/kvm\n', 'kvm', '/tmp/dev/kvm', '/dev/dri/renderD1280'],
  ]) {
    assert.ok(!devicePath.pattern.test(path), path);
    assert.match(why(path) ?? '', /no device that a box is ever given/);
  }
  for (const path of ['/dev/kvm', '/dev/hwrng', '/dev/dri/renderD128', '/dev/nvidia0', '/dev/nvidia-uvm', '/dev/kfd']) {
    assert.ok(devicePath.pattern.test(path), path);
  }
});

test('each kind has a number or the name of its driver, never both, and stands for one path', () => {
  for (const kind of list.kinds) {
    assert.equal('driver' in kind, !('major' in kind), kind.path);
    assert.match(kind.path, /^\/dev\/[a-zA-Z/-]+(\[0-9\]\{[0-9,]+\})?$/);
  }
});

test('what stands at the path has to be the device of that driver: no link, no file, no other number', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'boxed-devices-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const [link, file] = [join(folder, 'link'), join(folder, 'file')];
  symlinkSync('/dev/null', link);
  writeFileSync(file, '');
  const kinds = [{ path: `(${folder}/.*|/dev/null)`, major: 1, minors: [3, 3] }];
  assert.equal(why('/dev/null', kinds), null);
  assert.match(why(link, kinds) ?? '', /not a character device/);
  assert.match(why(file, kinds) ?? '', /not a character device/);
  assert.match(why(join(folder, 'none'), kinds) ?? '', /nothing at this path/);
  assert.match(why('/dev/null', [{ path: '/dev/null', major: 1, minors: [4, 9] }]) ?? '', /another device \(1:3\)/);
  assert.match(why('/dev/null', [{ path: '/dev/null' }]) ?? '', /another device/);
  const named = [{ path: '/dev/null', driver: 'mem' }];
  assert.equal(
    why('/dev/null', named, () => 'Character devices:\n  1 mem\n\nBlock devices:\n  7 loop\n'),
    null,
  );
  assert.match(
    why('/dev/null', named, () => 'Character devices:\n 10 misc\n\nBlock devices:\n  1 mem\n') ?? '',
    /another/,
  );
});

test('a node with another number does not pass for a device that is given', {
  skip: process.getuid?.() !== 0,
}, (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'boxed-devices-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const [memory, wide] = [join(folder, 'kvm'), join(folder, 'wide')];
  execFileSync('mknod', [memory, 'c', '1', '1']);
  execFileSync('mknod', [wide, 'c', '261', '300']);
  const kinds = [{ path: `${folder}/.*`, major: 10, minors: [232, 232] }];
  assert.match(why(memory, kinds) ?? '', /another device \(1:1\)/);
  assert.match(why(wide, kinds) ?? '', /another device \(261:300\)/);
});
