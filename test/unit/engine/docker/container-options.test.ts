import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerSurroundings } from '../../../../src/engine/docker/container-options.ts';
import { containerOptions, withStdin } from '../../../../src/engine/docker/container-options.ts';
import type { ResolvedBox } from '../../../../src/engine/engine.ts';
import { noLimits } from '../../../../src/plan/box-plan.ts';

const around: ContainerSurroundings = {
  facts: { product: 'docker', userNamespace: 'plain' },
  imageVariables: [],
  mountsBelow: new Map(),
  seccompProfile: '{}',
  deviceGroups: [],
  owner: '1000 7 99 boot pid:[1]',
};

const box: ResolvedBox = {
  id: 'abc',
  root: { kind: 'image', id: 'sha256:0123' },
  argv: ['cargo', 'build', '--', '$(x)'],
  workingDirectory: '/box/project',
  variables: { PATH: '/usr/bin', A: 'b=c' },
  mounts: [
    { kind: 'bind', source: '/home/a,b:c d', target: '/box/project', access: 'read-only' },
    { kind: 'bind', source: '/cache/t', target: '/box/target', access: 'read-write' },
    { kind: 'tmpfs', target: '/tmp', sizeBytes: 4096 },
  ],
  network: 'none',
  devices: [],
  limits: noLimits,
  streams: 'pipes',
  uid: 1000,
  gid: 100,
};

test('the wall is the same for every box', () => {
  const { HostConfig: host, ...options } = containerOptions(box, around);
  assert.deepEqual(options.Cmd, ['cargo', 'build', '--', '$(x)']);
  assert.deepEqual(options.Entrypoint, []);
  assert.equal(options.User, '1000:100');
  assert.equal(host?.NetworkMode, 'none');
  assert.deepEqual(host?.CapDrop, ['ALL']);
  assert.deepEqual(host?.SecurityOpt, ['no-new-privileges', 'seccomp={}']);
  assert.equal(host?.ReadonlyRootfs, true);
  assert.equal(host?.IpcMode, 'private');
  assert.equal(host?.Privileged, undefined);
  assert.equal(host?.Binds, undefined);
  assert.deepEqual(host?.Ulimits, [{ Name: 'core', Soft: 0, Hard: 0 }]);
});

test('a path is a path: no separator of a flag syntax has a meaning', () => {
  const mounts = containerOptions(box, around).HostConfig?.Mounts ?? [];
  assert.equal(mounts[0]?.Source, '/home/a,b:c d');
  assert.equal(mounts[0]?.ReadOnly, true);
  assert.equal(mounts[1]?.ReadOnly, false);
});

test('a mount below a read-only source is bound read-only of its own, and nothing is bound recursively', () => {
  const below = new Map([['/home/a,b:c d', ['/home/a,b:c d/sub', '/home/a,b:c d/sub/x']]]);
  const mounts = containerOptions(box, { ...around, mountsBelow: below }).HostConfig?.Mounts ?? [];
  assert.deepEqual(
    mounts.map(({ Source, Target, ReadOnly }) => [Source, Target, ReadOnly]),
    [
      ['/home/a,b:c d', '/box/project', true],
      ['/home/a,b:c d/sub', '/box/project/sub', true],
      ['/home/a,b:c d/sub/x', '/box/project/sub/x', true],
      ['/cache/t', '/box/target', false],
    ],
  );
  assert.deepEqual(mounts[1]?.BindOptions, { Propagation: 'rprivate', NonRecursive: true });
});

test('variables are the box’s own: what the image or the engine would add is taken away by its bare name', () => {
  const options = containerOptions(box, { ...around, imageVariables: ['PATH', 'LD_LIBRARY_PATH'] });
  assert.deepEqual(options.Env, ['A=b=c', 'HOSTNAME', 'LD_LIBRARY_PATH', 'PATH=/usr/bin', 'TERM', 'container']);
});

test('limits become the engine’s numbers, memory and swap together', () => {
  const limit = (value: number) => ({ value, strength: 'required' as const });
  const limits = { ...noLimits, memoryBytes: limit(1024), processes: limit(5), cpus: limit(1.5), openFiles: limit(64) };
  const host = containerOptions({ ...box, limits }, around).HostConfig;
  assert.equal(host?.Memory, 1024);
  assert.equal(host?.MemorySwap, 1024);
  assert.equal(host?.PidsLimit, 5);
  assert.equal(host?.NanoCpus, 1.5e9);
  assert.deepEqual(host?.Ulimits?.[1], { Name: 'nofile', Soft: 64, Hard: 64 });
});

test('files belong to the caller in every kind of user namespace', () => {
  const rootless = containerOptions(box, { ...around, facts: { product: 'docker', userNamespace: 'rootless' } });
  assert.equal(rootless.User, '0:0');
  const remapped = containerOptions(box, { ...around, facts: { product: 'docker', userNamespace: 'remapped' } });
  assert.equal(remapped.User, '1000:100');
  assert.equal(remapped.HostConfig?.UsernsMode, 'host');
});

test('temporary folders let programs run, and have their size', () => {
  const tmpfs = containerOptions(box, around).HostConfig?.Tmpfs;
  assert.deepEqual(tmpfs, { '/tmp': 'rw,exec,nosuid,nodev,mode=1777,uid=1000,gid=100,size=4096' });
});

test('without a network no name server of the host gets in; with one nothing is set', () => {
  assert.deepEqual(containerOptions(box, around).HostConfig?.Dns, ['0.0.0.0']);
  assert.equal(containerOptions({ ...box, network: 'host' }, around).HostConfig?.Dns, undefined);
});

test('stdin is open once, or not at all', () => {
  const options = containerOptions(box, around);
  assert.equal(options.OpenStdin, false);
  assert.equal(withStdin(options).StdinOnce, true);
});

test('what Podman takes otherwise', () => {
  const options = containerOptions(box, { ...around, facts: { product: 'podman', userNamespace: 'rootless' } });
  assert.equal(options.Healthcheck, undefined);
  assert.deepEqual(options.HostConfig?.SecurityOpt, ['no-new-privileges']);
  assert.deepEqual(options.HostConfig?.Tmpfs, { '/tmp': 'rw,exec,nosuid,nodev,mode=1777,size=4096' });
  assert.equal(options.HostConfig?.Mounts?.at(-1)?.Target, '/etc/resolv.conf');
});
