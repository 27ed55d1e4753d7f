import { accessSync, closeSync, constants, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import type { Duplex, Readable, Writable } from 'node:stream';

/** Folders that are searched when PATH lacks them: engines and mount tools often live there. */
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The absolute path of a program, or `null`. Relative entries of PATH and everything inside `forbidden` folders (the
 * project) are passed over: no file of a project decides which program runs on the host.
 */
export function findProgram(
  name: string,
  searchPath: string | undefined,
  forbidden: readonly string[] = [],
): string | null {
  const folders = [...(searchPath ?? '').split(delimiter).filter(isAbsolute), ...systemFolders];
  for (const folder of folders) {
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      if (!statSync(candidate).isFile()) continue;
      const real = realpathSync(candidate);
      const lies = (path: string, root: string) => path === root || path.startsWith(root + sep);
      if (forbidden.some((root) => lies(real, root) || lies(candidate, root))) continue;
      return candidate;
    } catch {
      // Not there or not executable: the next folder may have it.
    }
  }
  return null;
}

export interface ProgramOptions {
  readonly workingDirectory?: string;
  /** The whole environment of the program; nothing is inherited. */
  readonly variables: Readonly<Record<string, string>>;
  readonly stdin?: 'none' | 'inherit' | Readable | string | Uint8Array;
  /** `text` collects at most `maximumTextBytes`; a stream gets the bytes with back pressure. */
  readonly stdout?: ProgramOutput;
  readonly stderr?: ProgramOutput;
  /** Aborting kills the program. */
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** More descriptors, from number 3 on: ours, or a pipe that `onStart` gets the other end of. */
  readonly descriptors?: readonly (number | 'pipe')[];
  /** Closes first what we inherited ourselves: the program gets the three streams and `descriptors`, nothing else. */
  readonly closeInherited?: boolean;
  /** In a process group of its own: a terminal's Ctrl-C reaches us alone, and what the program leaves in it is ended. */
  readonly ownProcessGroup?: boolean;
  readonly onStart?: (processId: number, pipes: readonly Writable[]) => void;
}

/** A number is a descriptor of ours. */
export type ProgramOutput = 'text' | 'inherit' | 'none' | number | Writable;

export interface ProgramEnd {
  /** `null` when a signal ended it or it could not be started. */
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Why it could not be started. */
  readonly startError: string | null;
}

const maximumTextBytes = 8 * 1024 * 1024;

/** Runs a program by absolute path to its end. Never throws for what the program does. */
export async function runProgram(
  path: string,
  programArguments: readonly string[],
  options: ProgramOptions,
): Promise<ProgramEnd> {
  const { stdin = 'none', stdout = 'text', stderr = 'text', descriptors = [] } = options;
  const input = typeof stdin === 'string' && stdin !== 'none' && stdin !== 'inherit' ? stdin : undefined;
  const output = (target: ProgramOutput) => {
    if (target === 'text') return 'pipe' as const;
    if (target === 'none') return 'ignore' as const;
    // A stream of ours has no descriptor that a process could inherit.
    return target === 'inherit' || typeof target === 'number' ? target : (['pipe', target] as const);
  };
  // Before the caller's own descriptors are handed on, and not those.
  if (options.closeInherited === true) closeInherited(descriptors);
  // A build in a container starts no program of this machine, and need not wait for the library to load.
  const { execa } = await import('execa');
  const running = execa(path, programArguments, {
    env: { ...options.variables },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    // Never the caller's own, which is mostly a project: programs look around where they start.
    cwd: options.workingDirectory ?? '/',
    ...(input !== undefined ? { input } : stdin instanceof Uint8Array ? { input: stdin } : {}),
    stdio: [
      standardInput(stdin) as 'pipe',
      output(stdout) as 'pipe',
      output(stderr) as 'pipe',
      ...(descriptors as unknown as 'ignore'[]),
    ],
    buffer: { stdout: stdout === 'text', stderr: stderr === 'text', ...unread(descriptors) },
    maxBuffer: maximumTextBytes,
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    forceKillAfterDelay: 2000,
    detached: options.ownProcessGroup === true,
    cleanup: true,
  });
  if (running.pid !== undefined) options.onStart?.(running.pid, pipesTo(running.stdio, descriptors));
  const group = options.ownProcessGroup === true ? running.pid : undefined;
  // At its exit and not at its end: a child that is left may hold the streams open, and then there is no end.
  if (group !== undefined) running.once('exit', () => killGroup(group));
  const ended = await running;
  const started = running.pid !== undefined;
  return {
    status: ended.exitCode ?? null,
    signal: ended.signal ?? null,
    stdout: typeof ended.stdout === 'string' ? ended.stdout : '',
    stderr: typeof ended.stderr === 'string' ? ended.stderr : '',
    timedOut: ended.timedOut,
    startError: started ? null : ((ended as { originalMessage?: string }).originalMessage ?? 'it could not be started'),
  };
}

/** Ends what is left of a process group whose first process has ended. */
export function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It is empty, as it should be.
  }
}

/** Nobody keeps what comes back through a pipe. */
function unread(descriptors: readonly unknown[]): Record<`fd${number}`, false> {
  return Object.fromEntries(
    descriptors.flatMap((given, index) => (given === 'pipe' ? [[`fd${index + 3}`, false]] : [])),
  );
}

function pipesTo(streams: readonly unknown[], descriptors: readonly unknown[]): readonly Writable[] {
  return descriptors.flatMap((given, index) => {
    if (given !== 'pipe') return [];
    const pipe = streams[index + 3] as Duplex;
    // Both directions of it have to end, or the end of the program is never seen.
    pipe.resume();
    return [pipe];
  });
}

/** Named beside a pipe, a stream is read by us: its own descriptor never becomes that of the program. */
function standardInput(stdin: NonNullable<ProgramOptions['stdin']>): unknown {
  if (stdin === 'none') return 'ignore';
  if (stdin === 'inherit') return stdin;
  return typeof stdin === 'string' || stdin instanceof Uint8Array ? 'pipe' : ['pipe', stdin];
}

/**
 * Closes what whoever started us left open: descriptors above 2 without close-on-exec, which every program that we start
 * would get. Node's own all have it, so none of them is meant.
 */
export function closeInherited(kept: readonly unknown[] = []): void {
  for (const descriptor of inheritedDescriptors()) if (!kept.includes(descriptor)) closeSync(descriptor);
}

function inheritedDescriptors(): readonly number[] {
  const closeOnExec = 0o2000000;
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => {
      if (!(descriptor > 2)) return false;
      try {
        const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1];
        return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
      } catch {
        return false;
      }
    })
    .sort((left, right) => left - right);
}
