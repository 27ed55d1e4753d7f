import type { ResolvedBox } from '../engine.ts';

/** The host's programs that a box is started with, by absolute path. */
export interface BwrapPrograms {
  readonly bwrap: string;
  readonly prlimit: string;
  readonly shell: string;
  /** Makes the pipes of programs that own their output. */
  readonly mkfifo: string;
}

/** Joins each control group named in its first arguments (as many as argument 1 says), then becomes the program. */
const joinAndBecome =
  'n=$1; shift; while [ "$n" -gt 0 ]; do echo 0 >"$1" || exit 70; shift; n=$((n-1)); done; exec "$@"';

/** Descriptor 3 holds bubblewrap's options, 4 takes its report, 5 holds the system call filter. */
const descriptors = ['--args', '3', '--json-status-fd', '4', '--seccomp', '5'] as const;

/**
 * The program to start for a box, as an argv: control groups and resource limits are set on the way to bubblewrap, so
 * that there is no moment at which the box runs without them.
 */
export function launchCommand(
  programs: BwrapPrograms,
  box: ResolvedBox,
  joinFiles: readonly string[],
): readonly [string, readonly string[]] {
  const openFiles = box.limits.openFiles?.value;
  const disk = box.limits.diskBytes?.value;
  const limits = [
    '--core=0:0',
    ...(openFiles === undefined ? [] : [`--nofile=${openFiles}:${openFiles}`]),
    // No single file gets larger than all of them may be, whatever happens to the watch.
    ...(disk === undefined ? [] : [`--fsize=${disk}:${disk}`]),
  ];
  const limited = [programs.prlimit, ...limits, '--', programs.bwrap, ...descriptors, '--'];
  const whole = [...limited, ...innerCommand(box, joinFiles.length > 0)];
  if (joinFiles.length === 0) return [whole[0] as string, whole.slice(1)];
  return [programs.shell, ['-c', joinAndBecome, 'sh', String(joinFiles.length), ...joinFiles, ...whole]];
}

/**
 * Without control groups the number of processes is limited by RLIMIT_NPROC, set inside: the kernel counts it for each
 * user namespace, so the caller's other processes don't count.
 */
function innerCommand(box: ResolvedBox, grouped: boolean): readonly string[] {
  const processes = box.limits.processes?.value;
  if (grouped || processes === undefined) return box.argv;
  return ['/usr/bin/prlimit', `--nproc=${processes}:${processes}`, '--', ...box.argv];
}
