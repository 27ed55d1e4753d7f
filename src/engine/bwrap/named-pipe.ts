import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { makeNotedFolder } from '../../host/noted-path.ts';
import { runProgram } from '../../host/program.ts';

/** A pipe of the kernel's own kind between a box and us. */
export interface NamedPipe {
  /** To be given to the box. */
  readonly writeEnd: number;
  /** Lets go of our own copy of the write end: the pipe then ends with the box. */
  release(): void;
  /** Resolves when all that was written has been handed on. */
  drained(): Promise<void>;
}

/** Nothing can write any more once a box has ended; this only guards against waiting for ever. */
const longestDrainMs = 5000;

/**
 * Node connects processes by sockets, and `/dev/stdout` of a socket cannot be opened: shells, `tee` and many tests do
 * that. A named pipe can; it loses its name as soon as both ends are open. `null` where none can be made.
 */
export async function openNamedPipe(mkfifo: string, state: string, to: Writable): Promise<NamedPipe | null> {
  // The box can read the name that the pipe had: it must not be one below the caller's home.
  const { path: folder, forget } = makeNotedFolder(state, '/tmp/boxed-');
  const ends = await makePipe(mkfifo, join(folder, 'pipe'));
  rmSync(folder, { recursive: true, force: true });
  forget();
  if (ends === null) return null;
  const [readEnd] = ends;
  let writeEnd: number | null = ends[1];
  const reader = new Socket({ fd: readEnd, readable: true, writable: false });
  const ended = new Promise<void>((resolve) => {
    reader.once('close', () => resolve());
    reader.once('error', () => resolve());
  });
  reader.pipe(to, { end: false });
  return {
    writeEnd,
    release: () => {
      if (writeEnd !== null) closeSync(writeEnd);
      writeEnd = null;
    },
    drained: async () => {
      const timer = setTimeout(() => reader.destroy(), longestDrainMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function makePipe(mkfifo: string, path: string): Promise<readonly [readEnd: number, writeEnd: number] | null> {
  const made = await runProgram(mkfifo, ['-m', '600', '--', path], { variables: {}, timeoutMs: 5000 });
  if (made.status !== 0) return null;
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return [readEnd, openSync(path, constants.O_WRONLY)];
}
