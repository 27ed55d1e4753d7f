import { readdirSync } from 'node:fs';
import { readKernelText } from '../host/read-kernel-text.ts';

/** Where the processes of a box hang, as seen from the host. */
export interface BoxProcesses {
  readonly processId: number;
  /** `below`: it is the launcher outside. `with`: it is the first process inside. */
  readonly counts: 'below' | 'with';
}

/** The first process inside, or `undefined` when there is none. */
export function firstProcess({ processId, counts }: BoxProcesses): number | undefined {
  return counts === 'with' ? processId : childrenOf(processId)[0];
}

/** All of a box's processes, the first one first. What loses its parent becomes a child of the first: nothing escapes. */
export function listProcesses({ processId, counts }: BoxProcesses): readonly number[] {
  const found = counts === 'with' ? [processId] : [...childrenOf(processId)];
  for (let index = 0; index < found.length; index += 1) found.push(...childrenOf(found[index] as number));
  return found;
}

function childrenOf(processId: number): readonly number[] {
  return threadsOf(processId).flatMap((thread) =>
    readKernelText(`/proc/${processId}/task/${thread}/children`).split(' ').map(Number).filter(Boolean),
  );
}

export function threadsOf(processId: number): readonly string[] {
  try {
    return readdirSync(`/proc/${processId}/task`);
  } catch {
    return [];
  }
}

/** `waits`: in the kernel, for a device, and not to be disturbed. */
export type ProcessState = 'runs' | 'waits' | 'stopped' | 'gone';

/** The liveliest of its threads: the first may have ended, or stopped, while others go on. */
export function stateOf(processId: number): ProcessState {
  const states = threadsOf(processId).map((thread) => threadState(`/proc/${processId}/task/${thread}/stat`));
  return liveliest.find((state) => states.includes(state)) ?? 'gone';
}
const liveliest = ['runs', 'waits', 'stopped'] as const;

function threadState(file: string): ProcessState {
  const stat = readKernelText(file);
  const letter = stat.charAt(stat.lastIndexOf(')') + 2);
  return stateLetters[letter] ?? (letter === '' ? 'gone' : 'runs');
}
const stateLetters: Readonly<Record<string, ProcessState>> = {
  D: 'waits',
  T: 'stopped',
  t: 'stopped',
  Z: 'gone',
  X: 'gone',
};

/** `false`: it is not ours to signal. A process that has ended is none any more. */
export function signalProcess(processId: number, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): boolean {
  try {
    process.kill(processId, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
