import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerCreateOptions } from 'dockerode';
import { makeNotedFolder } from '../../host/noted-path.ts';
import { runProgram } from '../../host/program.ts';
import { bindMounts } from './container-options.ts';

/** Keeps what a container is to run from beginning until it is followed from outside. */
export interface BoxGate {
  readonly path: string;
  open(): void;
  close(): void;
}

const mkfifo = '/usr/bin/mkfifo';
const pathInside = '/box/gate';
const answer = '.\n';

/** The end of the pipe is no answer: what waits for us ends with us. */
const waitAndBecome = `read -r _ <${pathInside} && exec "$@"`;

/**
 * The engine names the first process of a container only when it runs already: what writes without end has filled a disk
 * by then. Throws the system's error, or what `mkfifo` says.
 */
export async function makeBoxGate(state: string): Promise<BoxGate> {
  // The box can read where the pipe lies: it must not be below the caller's home.
  const { path: folder, forget } = makeNotedFolder(state, '/tmp/boxed-');
  const path = join(folder, 'gate');
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
    forget();
  };
  // The user of the box may be another than the caller.
  const made = await runProgram(mkfifo, ['-m', '644', '--', path], { variables: {}, timeoutMs: 5000 });
  if (made.status !== 0) {
    remove();
    throw new Error(`no named pipe can be made in ${folder}: ${made.startError ?? made.stderr.trim()}`);
  }
  // Held open to the end: what is written into a pipe that nobody holds is lost.
  const descriptor = openSync(path, 'r+');
  return {
    path,
    open: () => void writeSync(descriptor, answer),
    close: () => {
      closeSync(descriptor);
      remove();
    },
  };
}

/** The same container behind a gate. Its image has a shell: whatever compiles for Linux has one. */
export function behindGate(options: ContainerCreateOptions, { path }: BoxGate): ContainerCreateOptions {
  const gate = bindMounts({ kind: 'bind', source: path, target: pathInside, access: 'read-only' }, new Map());
  const mounts = [...(options.HostConfig?.Mounts ?? []), ...gate];
  return {
    ...options,
    Cmd: ['/bin/sh', '-c', waitAndBecome, 'sh', ...(options.Cmd ?? [])],
    HostConfig: { ...options.HostConfig, Mounts: mounts as NonNullable<typeof options.HostConfig>['Mounts'] & object },
  };
}
