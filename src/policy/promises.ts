import type { Guarantee } from '../engine/engine.ts';
import type { BoxLimits } from '../plan/box-plan.ts';

/** When a guarantee has to be held for a plan to run. */
export type Need =
  | { readonly kind: 'always' }
  /** When somebody asked for this limit. */
  | { readonly kind: 'limit'; readonly limit: keyof BoxLimits }
  /** When the plan gives a device. */
  | { readonly kind: 'devices' }
  /** A second wall behind the others: said by `doctor`, and no reason to refuse. */
  | { readonly kind: 'shown' };

export const needs: Readonly<Record<Guarantee, Need>> = {
  'read-only-project': { kind: 'always' },
  'no-network': { kind: 'always' },
  'memory-limit': { kind: 'limit', limit: 'memoryBytes' },
  'process-limit': { kind: 'limit', limit: 'processes' },
  'cpu-limit': { kind: 'limit', limit: 'cpus' },
  'disk-limit': { kind: 'limit', limit: 'diskBytes' },
  'open-files-limit': { kind: 'limit', limit: 'openFiles' },
  devices: { kind: 'devices' },
  seccomp: { kind: 'shown' },
  'build-script-walls': { kind: 'shown' },
  'user-namespace': { kind: 'shown' },
};

export const guaranteeNames = Object.keys(needs) as readonly Guarantee[];

/** A promise as SECURITY.md shows it. */
export interface EnginePromise {
  readonly what: string;
  /** What of it the policy asks an engine for; none: it is part of how the engine makes every box. */
  readonly guarantees: readonly Guarantee[];
  /** Begins with `yes`: wherever the engine works at all. `no`: nowhere. Anything else: where it says. */
  readonly held: { readonly bwrap: string; readonly docker: string };
}

const cgroupsOfUser = 'where this user may write control groups';
const cgroupsOfEngine = 'where the engine has the controller';

export const enginePromises: readonly EnginePromise[] = [
  {
    what: 'project read-only, also what is mounted below it',
    guarantees: ['read-only-project'],
    held: { bwrap: 'yes', docker: 'yes (refused where the engine is too old to hold it)' },
  },
  {
    what: 'no network, no abstract sockets',
    guarantees: ['no-network'],
    held: { bwrap: 'yes: a network namespace of its own', docker: 'yes: `none`' },
  },
  {
    what: 'user namespace; ordinary user inside',
    guarantees: ['user-namespace'],
    held: { bwrap: 'yes, uid 1000', docker: 'with a rootless engine' },
  },
  {
    what: 'no capabilities, no new privileges',
    guarantees: [],
    held: { bwrap: 'yes', docker: 'yes' },
  },
  {
    what: 'system call filter',
    guarantees: ['seccomp'],
    held: {
      bwrap:
        'yes, ours (`images/seccomp`): no io_uring, bpf, keyctl, mounts, namespaces, TIOCSTI; four socket families',
      docker: "a profile stricter than the engine's own, where the engine has seccomp (Podman: its own)",
    },
  },
  {
    what: '`/proc`',
    guarantees: [],
    held: {
      bwrap: 'covered: `sys` read-only, keys, kmsg, boot id and others hidden',
      docker: "the engine's masks, and the boot id (Podman: its own)",
    },
  },
  {
    what: 'walls of build scripts',
    guarantees: ['build-script-walls'],
    held: { bwrap: 'where the kernel has Landlock (Linux 5.19)', docker: 'the same' },
  },
  {
    what: "the caller's descriptors",
    guarantees: [],
    held: { bwrap: 'pipes only: files and terminals are copied through them', docker: 'none' },
  },
  {
    what: 'root calls',
    guarantees: [],
    held: {
      bwrap: 'an ordinary user inside',
      docker:
        'uid 65533, who owns nothing but what its boxes make; user 0 without rights, and it is said, where others may not read the project or the box has doors or mounts',
    },
  },
  {
    what: 'memory, cpus',
    guarantees: ['memory-limit', 'cpu-limit'],
    held: { bwrap: cgroupsOfUser, docker: cgroupsOfEngine },
  },
  {
    what: 'processes',
    guarantees: ['process-limit'],
    held: { bwrap: `${cgroupsOfUser}; for all but root by rlimit too`, docker: cgroupsOfEngine },
  },
  { what: 'open files', guarantees: ['open-files-limit'], held: { bwrap: 'yes', docker: 'yes' } },
  { what: 'time, silence', guarantees: [], held: { bwrap: 'yes', docker: 'yes' } },
  {
    what: 'disk',
    guarantees: ['disk-limit'],
    held: {
      bwrap: 'yes, by a watch from outside; the cache on ext4, xfs or tmpfs',
      docker: 'the same, where the engine takes our system call filter (Podman: no)',
    },
  },
  {
    what: 'a device that was granted, and no other',
    guarantees: ['devices'],
    held: { bwrap: 'yes', docker: 'with an engine that is not rootless' },
  },
  {
    what: 'everything dies with the command line',
    guarantees: [],
    held: { bwrap: 'at once (`--die-with-parent`)', docker: 'at Ctrl-C; after `kill -9` at the next command' },
  },
];
