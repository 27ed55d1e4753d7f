import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { closeInherited, type ProgramEnd, runProgram } from '../../host/program.ts';
import type { BoxStreams } from '../engine.ts';
import type { HeldDisk } from '../hold-disk.ts';
import type { BoxWatch } from '../watch-box.ts';
import { admitBox } from './admit-box.ts';
import type { ControlGroup } from './control-group.ts';
import { detachStreams } from './detach-streams.ts';
import { admittance } from './launch-command.ts';
import { type NamedPipe, openNamedPipe } from './named-pipe.ts';

/** What bubblewrap gets as descriptors 3, 4 and 5: its options, where it reports, the system call filter. */
export interface BoxFiles {
  readonly arguments: string;
  readonly status: string;
  readonly filter: string;
  /** What descriptors 6 and 7 are on a terminal. */
  readonly gate: string;
}

export function boxFiles(scratch: string): BoxFiles {
  const file = (name: string) => join(scratch, name);
  return { arguments: file('arguments'), status: file('status'), filter: file('filter'), gate: file('gate') };
}

/** All that a box is started with. */
export interface Launch {
  readonly command: readonly [string, readonly string[]];
  readonly mkfifo: string;
  /** Our folder for notes of what lies elsewhere. */
  readonly state: string;
  readonly files: BoxFiles;
  readonly group: ControlGroup | null;
  readonly watch: BoxWatch;
  readonly disk: HeldDisk;
}

/** How the launcher ended: by itself (with a status) or killed. */
export type LauncherEnd = Pick<ProgramEnd, 'status' | 'startError'>;

export async function launchOnPipes(
  launch: Launch,
  kind: 'pipes' | 'direct',
  streams: BoxStreams,
): Promise<LauncherEnd> {
  const { command, mkfifo, state, files, watch, disk } = launch;
  const descriptors = [openSync(files.arguments, 'r'), openSync(files.status, 'r+'), openSync(files.filter, 'r')];
  // Values of passed variables may be secret: they stay on no disk when we are killed.
  unlinkSync(files.arguments);
  const detached = detachStreams(streams);
  const pipes: NamedPipe[] = [];
  const release = () => pipes.map((pipe) => pipe.release());
  const output = async (to: 'inherit' | Writable) => {
    if (to === 'inherit') return to;
    const heard = watch.listen(to);
    const pipe = kind === 'direct' ? await openNamedPipe(mkfifo, state, heard) : null;
    if (pipe !== null) pipes.push(pipe);
    return pipe?.writeEnd ?? heard;
  };
  const admission = openAdmission(launch);
  try {
    const end = await runProgram(command[0], command[1], {
      // Nothing of the box's environment reaches the launchers: they get it as options of bubblewrap.
      variables: {},
      stdin: detached.streams.stdin,
      stdout: await output(detached.streams.stdout),
      stderr: await output(detached.streams.stderr),
      onStart: (processId, gates) => {
        disk.follow(processId);
        release();
        admission.begin(() => {
          for (const gate of gates) gate.end(admittance);
        });
      },
      descriptors: [...descriptors, 'pipe', 'pipe'],
      closeInherited: true,
      // Killed while it makes the box, bubblewrap leaves a process that waits for it for ever (measured with 0.8).
      ownProcessGroup: true,
      signal: admission.signal,
      workingDirectory: '/',
    });
    release();
    await Promise.all(pipes.map((pipe) => pipe.drained()));
    return admission.end(end);
  } finally {
    admission.close();
    release();
    detached.release();
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}

export async function launchInTerminal(launch: Launch, terminalName: string): Promise<LauncherEnd> {
  const { command, mkfifo, files, watch, disk } = launch;
  const { runOnTerminal } = await import('./run-on-terminal.ts');
  const made = await runProgram(mkfifo, ['-m', '600', '--', files.gate], { variables: {}, timeoutMs: 5000 });
  if (made.status !== 0) return { status: null, startError: 'no named pipe can be made' };
  // node-pty hands on whatever is open.
  closeInherited();
  const gate = openSync(files.gate, 'r+');
  const admission = openAdmission(launch);
  try {
    const descriptors = [files.arguments, files.status, files.filter, files.gate] as const;
    const { heard } = watch;
    const running = runOnTerminal(command, terminalName, descriptors, { heard, signal: admission.signal }, disk.follow);
    admission.begin(() => void writeSync(gate, admittance));
    return admission.end(await running);
  } finally {
    admission.close();
    closeSync(gate);
  }
}

function openAdmission({ files, group, watch }: Launch) {
  const refused = new AbortController();
  let over = false;
  return {
    /** Aborted when the box has to end, or must not begin. */
    signal: AbortSignal.any([watch.signal, refused.signal]),
    begin(open: () => void) {
      void admitBox(files.status, group, { open, refuse: (why) => refused.abort(why) }, () => over);
    },
    end: (end: LauncherEnd): LauncherEnd =>
      refused.signal.aborted ? { status: null, startError: String(refused.signal.reason) } : end,
    close() {
      over = true;
    },
  };
}
