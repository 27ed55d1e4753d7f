import { spawn as spawnProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { spawn as spawnOnTerminal } from '@lydell/node-pty';
import type { SoakPlace } from './soak-place.ts';

/** A command that is to be killed. */
export interface SoakCommand {
  readonly processId: number;
  /** Number, start and boot of the process: what names of its files begin with. */
  readonly word: string;
  said(): string;
  isRunning(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Closes the terminal that it runs on. */
  hangUp(): void;
}

/** Starts a command with pipes, or on a terminal of its own. */
export async function startCommand(
  { program, variables }: SoakPlace,
  argv: readonly string[],
  folder: string,
  on: 'pipes' | 'terminal',
): Promise<SoakCommand> {
  const [first = '', ...rest] = [...program, ...argv];
  const said: Buffer[] = [];
  const hear = (bytes: Buffer) => void said.push(bytes);
  const env = { ...variables, ...(on === 'terminal' ? { TERM: 'xterm' } : {}) };
  let processId = 0;
  let hangUp = () => {};
  if (on === 'terminal') {
    const terminal = spawnOnTerminal(first, rest, { cwd: folder, env, cols: 100, rows: 30, encoding: null });
    terminal.onData((bytes: unknown) => hear(bytes as Buffer));
    processId = terminal.pid;
    hangUp = () => (terminal as unknown as { destroy(): void }).destroy();
  } else {
    const child = spawnProcess(first, rest, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    processId = child.pid ?? 0;
  }
  // The number stays the same when a program in front becomes the command line.
  const ticks = await startTicks(processId);
  return {
    processId,
    word: `${processId}-${ticks}`,
    said: () => Buffer.concat(said).toString('utf8'),
    isRunning: () => statOf(processId)?.ticks === ticks && statOf(processId)?.state !== 'Z',
    signal: (signal) => send(processId, signal),
    hangUp,
  };
}

export function send(processId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(processId, signal);
  } catch {
    // It ended by itself.
  }
}

async function startTicks(processId: number): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const stat = statOf(processId);
    if (stat !== null) return stat.ticks;
    await delay(2);
  }
  return '0';
}

function statOf(processId: number): { readonly state: string; readonly ticks: string } | null {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', ticks: fields[19] ?? '' };
  } catch {
    return null;
  }
}
