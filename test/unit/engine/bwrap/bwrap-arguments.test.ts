import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bwrapArguments } from '../../../../src/engine/bwrap/bwrap-arguments.ts';
import { launchCommand } from '../../../../src/engine/bwrap/launch-command.ts';
import type { ResolvedBox } from '../../../../src/engine/engine.ts';
import { noLimits } from '../../../../src/plan/box-plan.ts';

const box: ResolvedBox = {
  id: 'x',
  root: { kind: 'directory', path: '/cache/roots/a' },
  argv: ['/box/toolchain/bin/cargo', 'build'],
  workingDirectory: '/box/project',
  variables: { HOME: '/box/home' },
  mounts: [
    { kind: 'bind', source: '/home/u/a b,c:d', target: '/box/project', access: 'read-only' },
    { kind: 'bind', source: '/cache/t', target: '/box/target', access: 'read-write' },
    { kind: 'tmpfs', target: '/tmp', sizeBytes: 100 },
  ],
  network: 'none',
  devices: [],
  limits: noLimits,
  streams: 'pipes',
  uid: 0,
  gid: 0,
};
const surroundings = { maskedFiles: ['/proc/keys'], maskedFolders: ['/proc/acpi'] };
const programs = { bwrap: '/usr/bin/bwrap', prlimit: '/usr/bin/prlimit', mkfifo: '/usr/bin/mkfifo' };
const has = (words: readonly string[], ...wanted: string[]) => words.join('\0').includes(wanted.join('\0'));

describe('bwrapArguments', () => {
  it('takes every namespace, an ordinary user inside, no capability, no controlling terminal', () => {
    const words = bwrapArguments(box, surroundings);
    for (const option of [
      '--unshare-user',
      '--unshare-pid',
      '--unshare-ipc',
      '--unshare-uts',
      '--unshare-net',
      '--disable-userns',
      '--die-with-parent',
      '--new-session',
    ])
      assert.ok(words.includes(option), option);
    assert.ok(has(words, '--uid', '1000') && has(words, '--cap-drop', 'ALL'));
  });

  it('gives the box its variables as options, so that they are not those of the launchers on the host', () => {
    const words = bwrapArguments({ ...box, variables: { LD_PRELOAD: '/home/u/evil.so' } }, surroundings);
    assert.ok(has(words, '--setenv', 'LD_PRELOAD', '/home/u/evil.so'));
  });

  it('hands paths on as words of their own, whatever is in them', () => {
    assert.ok(has(bwrapArguments(box, surroundings), '--ro-bind', '/home/u/a b,c:d', '/box/project'));
  });

  it('covers /proc after it was made, and closes /box after it was filled', () => {
    const words = bwrapArguments(box, surroundings);
    const order = ['--proc', '/proc/sys', '/proc/keys', '/proc/acpi'].map((word) => words.indexOf(word));
    assert.deepEqual(
      order,
      [...order].sort((left, right) => left - right),
    );
    assert.ok(words.indexOf('/box/target') < words.lastIndexOf('/box'));
  });

  it('keeps the network only for the fetch box, and the session for a terminal', () => {
    assert.ok(!bwrapArguments({ ...box, network: 'host' }, surroundings).includes('--unshare-net'));
    assert.ok(!bwrapArguments({ ...box, streams: 'terminal' }, surroundings).includes('--new-session'));
  });
});

describe('launchCommand', () => {
  it('keeps host paths out of the argv that stands in /proc inside', () => {
    const [program, words] = launchCommand(programs, box, false);
    assert.doesNotMatch([program, ...words].join(' '), /\/home\/u|\/cache/);
  });

  it('lets nothing run in the box before it is admitted', () => {
    for (const grouped of [true, false]) {
      const words = launchCommand(programs, box, grouped)[1];
      assert.ok(has(words, '--block-fd', '6'));
      assert.ok(has(words, 'sh', ...box.argv) && words.some((word) => word.startsWith('read ')));
    }
  });

  it('limits processes inside where there is no control group', () => {
    const limited = { ...box, limits: { ...noLimits, processes: { value: 9, strength: 'default' as const } } };
    assert.ok(has(launchCommand(programs, limited, false)[1], '--nproc=9:9', '--'));
    assert.ok(!launchCommand(programs, limited, true)[1].some((word) => word.startsWith('--nproc')));
  });
});
