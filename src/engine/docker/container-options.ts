import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import type { ResolvedBox, ResolvedMount } from '../engine.ts';
import { largestFileBytes } from '../hold-disk.ts';
import { idLabel, ownerLabel } from './container-owner.ts';
import type { EngineFacts } from './engine-facts.ts';
import { withoutAllocation } from './seccomp-profile.ts';

/** What the container depends on beside the box: all of it read before, so that this file only decides. */
export interface ContainerSurroundings {
  readonly facts: Pick<EngineFacts, 'product' | 'userNamespace'>;
  /** Names of the variables that the image would bring along. */
  readonly imageVariables: readonly string[];
  /** For each read-only source that has any: the mount points below it, absolute, parents first. */
  readonly mountsBelow: ReadonlyMap<string, readonly string[]>;
  /** The seccomp profile as the engine takes it: JSON text. */
  readonly seccompProfile: string;
  readonly owner: string;
  /** Groups of the caller that one of the box's devices belongs to. */
  readonly deviceGroups: readonly number[];
}

export const hostname = 'boxed';

/** The whole container as data. Lists and objects only: a path with `:` or `,` is a path, never syntax. */
export function containerOptions(box: ResolvedBox, around: ContainerSurroundings): ContainerCreateOptions {
  if (box.root.kind !== 'image') throw new Error('the docker engine takes an image');
  const terminal = box.streams === 'terminal';
  return {
    name: `cargo-boxed-${box.id}`,
    Image: box.root.id,
    // Without an entry point of ours the image's own would run first.
    Entrypoint: [],
    Cmd: [...box.argv],
    WorkingDir: box.workingDirectory,
    Env: variables(box, around.imageVariables),
    User: boxUser(box, around.facts),
    Hostname: box.presents?.hostName ?? hostname,
    Labels: { [idLabel]: box.id, [ownerLabel]: around.owner },
    Tty: terminal,
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: false,
    StopSignal: 'SIGTERM',
    // Podman would ask systemd for a timer, even to have none.
    ...(around.facts.product === 'podman' ? {} : { Healthcheck: { Test: ['NONE'] } }),
    HostConfig: hostConfig(box, around),
  };
}

/** With stdin: closing our end closes the box's. */
export function withStdin(options: ContainerCreateOptions): ContainerCreateOptions {
  return { ...options, OpenStdin: true, StdinOnce: true, AttachStdin: true };
}

/** What an engine sets by itself. */
const engineVariables = ['HOSTNAME', 'TERM', 'container'];

/** The box's variables and nothing else: a bare name takes away what the image or the engine would set. */
function variables(box: ResolvedBox, imageVariables: readonly string[]): string[] {
  const own = Object.entries(box.variables).map(([name, value]) => `${name}=${value}`);
  const foreign = [...engineVariables, ...imageVariables].filter((name) => !Object.hasOwn(box.variables, name));
  return [...own, ...new Set(foreign)].sort();
}

/**
 * Files in the target belong to the caller. In a rootless engine uid 0 inside is the caller outside, and it has no
 * capability; everywhere else the caller's own ids do it.
 */
export function boxUser(
  box: Pick<ResolvedBox, 'uid' | 'gid'>,
  facts: Pick<EngineFacts, 'userNamespace'>,
): `${number}:${number}` {
  return facts.userNamespace === 'rootless' ? '0:0' : `${box.uid}:${box.gid}`;
}

function hostConfig(box: ResolvedBox, around: ContainerSurroundings): HostConfig {
  const { limits } = box;
  const memory = limits.memoryBytes?.value;
  return {
    NetworkMode: box.network,
    // The engine would copy the host's name servers and search domains into a box without a network. This one is the
    // box's own loopback: asking it fails at once.
    ...(box.network === 'none' ? { Dns: ['0.0.0.0'], DnsSearch: ['.'], DnsOptions: [] } : {}),
    CapDrop: ['ALL'],
    SecurityOpt: securityOptions(box, around),
    ReadonlyRootfs: true,
    // Podman's list is its own, and longer.
    ...(around.facts.product === 'podman' ? {} : { MaskedPaths: maskedPaths }),
    IpcMode: 'private',
    // A remapping engine would write files of a sub-uid into the target.
    ...(around.facts.userNamespace === 'remapped' ? { UsernsMode: 'host' } : {}),
    Init: true,
    AutoRemove: false,
    LogConfig: { Type: 'none', Config: {} },
    RestartPolicy: { Name: 'no' },
    Mounts: [
      ...box.mounts.flatMap((mount) => bindMounts(mount, around.mountsBelow)),
      ...noNameServers(box, around),
    ] as NonNullable<HostConfig['Mounts']>,
    Tmpfs: Object.fromEntries(box.mounts.flatMap((mount) => tmpfsMount(mount, box, around))),
    ...devices(box, around),
    // Memory and swap together: without the second, as much again would go to swap.
    ...(memory === undefined ? {} : { Memory: memory, MemorySwap: memory }),
    ...(limits.processes === null ? {} : { PidsLimit: limits.processes.value }),
    ...(limits.cpus === null ? {} : { NanoCpus: Math.round(limits.cpus.value * 1e9) }),
    Ulimits: [
      { Name: 'core', Soft: 0, Hard: 0 },
      ...(limits.openFiles === null
        ? []
        : [{ Name: 'nofile', Soft: limits.openFiles.value, Hard: limits.openFiles.value }]),
      ...(limits.diskBytes === null ? [] : [largestFile(limits.diskBytes.value)]),
    ],
  };
}

/** The box opens a device by the rights that the caller has: as the same user and in the same group. */
function devices(
  { devices: paths }: ResolvedBox,
  { deviceGroups }: ContainerSurroundings,
): Pick<HostConfig, 'Devices' | 'GroupAdd'> {
  if (paths.length === 0) return {};
  const Devices = paths.map((path) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rw' }));
  return { Devices, ...(deviceGroups.length === 0 ? {} : { GroupAdd: deviceGroups.map(String) }) };
}

function largestFile(diskBytes: number) {
  const bytes = largestFileBytes(diskBytes);
  return { Name: 'fsize', Soft: bytes, Hard: bytes };
}

/** What the engine covers by itself, and what else tells one machine from another. */
const maskedPaths = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/key-users',
  '/proc/keys',
  '/proc/kmsg',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/sys/kernel/random/boot_id',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
];

/** Podman takes the profile by a path on its own side and not by text (4.3): there its own default holds. */
function securityOptions({ limits }: ResolvedBox, around: ContainerSurroundings): readonly string[] {
  if (around.facts.product === 'podman') return ['no-new-privileges'];
  const profile = limits.diskBytes === null ? around.seccompProfile : withoutAllocation(around.seccompProfile);
  return ['no-new-privileges', `seccomp=${profile}`];
}

interface BindMount {
  readonly Type: 'bind';
  readonly Source: string;
  readonly Target: string;
  readonly ReadOnly: boolean;
  readonly BindOptions: { readonly Propagation: 'rprivate'; readonly NonRecursive?: true };
}

/**
 * A read-only source is bound without what is mounted below it, and each of those mounts is then bound read-only of its
 * own: no mount that appears meanwhile slips in writable.
 */
export function bindMounts(mount: ResolvedMount, below: ContainerSurroundings['mountsBelow']): readonly BindMount[] {
  if (mount.kind === 'tmpfs') return [];
  const { source, target } = mount;
  if (mount.access === 'read-write') {
    return [
      { Type: 'bind', Source: source, Target: target, ReadOnly: false, BindOptions: { Propagation: 'rprivate' } },
    ];
  }
  const readOnly = (from: string, to: string): BindMount => ({
    Type: 'bind',
    Source: from,
    Target: to,
    ReadOnly: true,
    BindOptions: { Propagation: 'rprivate', NonRecursive: true },
  });
  const points = below.get(source) ?? [];
  return [readOnly(source, target), ...points.map((point) => readOnly(point, target + point.slice(source.length)))];
}

/** Podman (4.3) copies the host's name servers whatever is set. */
function noNameServers(box: ResolvedBox, around: ContainerSurroundings): readonly BindMount[] {
  if (around.facts.product !== 'podman' || box.network !== 'none') return [];
  const empty = { kind: 'bind', source: '/dev/null', target: '/etc/resolv.conf', access: 'read-only' } as const;
  return bindMounts(empty, new Map());
}

/** Programs may run from it: the linker's and doctests' temporary files do. */
function tmpfsMount(
  mount: ResolvedMount,
  box: ResolvedBox,
  around: ContainerSurroundings,
): readonly (readonly [string, string])[] {
  if (mount.kind === 'bind') return [];
  const [uid, gid] = boxUser(box, around.facts).split(':');
  const size = mount.sizeBytes === null ? [] : [`size=${mount.sizeBytes}`];
  // Podman (4.3) refuses to give it to somebody; everybody may write in it anyway.
  const owner = around.facts.product === 'podman' ? [] : [`uid=${uid}`, `gid=${gid}`];
  const options = ['rw', 'exec', 'nosuid', 'nodev', 'mode=1777', ...owner, ...size];
  return [[mount.target, options.join(',')]];
}
