import type { ResolvedBox } from '../engine.ts';
import { largestFileBytes } from '../hold-disk.ts';

/** The host's programs that a box is started with, by absolute path. */
export interface BwrapPrograms {
  readonly bwrap: string;
  readonly prlimit: string;
  /** Makes the pipes of programs that own their output. */
  readonly mkfifo: string;
}

/**
 * Descriptor 3 holds bubblewrap's options, 4 takes its report, 5 holds the system call filter; 6 keeps the first process
 * of the box from starting others until it is in its control groups.
 */
const descriptors = ['--args', '3', '--json-status-fd', '4', '--seccomp', '5', '--block-fd', '6'] as const;

/** What opens the gate at 6, and the one at 7 behind it. */
export const admittance = '.\n';

/**
 * bubblewrap takes the end of a pipe for an answer too: a command line that is killed would let the box go, without
 * limits and without anybody. This takes a line only.
 */
const waitAndBecome = 'read -r _ <&7 && exec "$@" 7<&-';

/**
 * The program to start for a box, as an argv: resource limits are set on the way to bubblewrap, and what runs in the box
 * waits until it is in its control groups, so that there is no moment at which it runs without either.
 */
export function launchCommand(
  programs: BwrapPrograms,
  box: ResolvedBox,
  grouped: boolean,
): readonly [string, readonly string[]] {
  const openFiles = box.limits.openFiles?.value;
  const disk = box.limits.diskBytes;
  const fileBytes = disk === null ? null : largestFileBytes(disk.value);
  const limits = [
    '--core=0:0',
    ...(openFiles === undefined ? [] : [`--nofile=${openFiles}:${openFiles}`]),
    ...(fileBytes === null ? [] : [`--fsize=${fileBytes}:${fileBytes}`]),
  ];
  return [programs.prlimit, [...limits, '--', programs.bwrap, ...descriptors, '--', ...innerCommand(box, grouped)]];
}

/**
 * Without control groups the number of processes is limited by RLIMIT_NPROC, set inside: the kernel counts it for each
 * user namespace, so the caller's other processes don't count.
 */
function innerCommand(box: ResolvedBox, grouped: boolean): readonly string[] {
  const processes = box.limits.processes?.value;
  const limit =
    grouped || processes === undefined ? [] : ['/usr/bin/prlimit', `--nproc=${processes}:${processes}`, '--'];
  return ['/bin/sh', '-c', waitAndBecome, 'sh', ...limit, ...box.argv];
}
