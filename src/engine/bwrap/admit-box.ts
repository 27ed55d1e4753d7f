import { readFileSync } from 'node:fs';
import type { ControlGroup } from './control-group.ts';

const pauseMs = 1;

/** What admits a box, and what ends it when it cannot be admitted. */
export interface Gate {
  open(): void;
  refuse(why: string): void;
}

/**
 * Lets a box begin once it is in its control groups. bubblewrap reports the first process of the box as soon as there is
 * one, and makes the box while the kernel moves that process; then it waits. `isOver`: bubblewrap has ended.
 */
export async function admitBox(
  statusFile: string,
  group: ControlGroup | null,
  gate: Gate,
  isOver: () => boolean,
): Promise<void> {
  const processId = group === null ? null : await firstProcess(statusFile, isOver);
  if (isOver()) return;
  try {
    if (processId !== null) await group?.join(processId);
    gate.open();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // No such process: it has ended by itself, and bubblewrap says why.
    if (code !== 'ESRCH') gate.refuse(`it cannot be put into its control groups: ${code ?? 'it failed'}`);
  }
}

async function firstProcess(statusFile: string, isOver: () => boolean): Promise<number | null> {
  while (!isOver()) {
    const reported = /"child-pid":\s*(\d+)/.exec(readFileSync(statusFile, 'utf8'))?.[1];
    if (reported !== undefined) return Number(reported);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return null;
}
