import { readFileSync } from 'node:fs';

/** Names one process for good: process numbers are used again, its start time and the boot make it unique. */
export interface Owner {
  readonly processId: number;
  /** Clock ticks since boot, from /proc/PID/stat. */
  readonly startTicks: string;
  readonly bootId: string;
}

export function currentOwner(): Owner {
  return { processId: process.pid, startTicks: startTicks(process.pid) ?? '', bootId: bootId() };
}

export function isAlive(owner: Owner): boolean {
  return owner.bootId === bootId() && startTicks(owner.processId) === owner.startTicks;
}

/** One word for names of files, labels and groups. */
export function ownerWord(owner: Owner): string {
  return `${owner.processId}-${owner.startTicks}-${owner.bootId.slice(0, 8)}`;
}

/** Whether the process that such a word names still runs. */
export function isAliveWord(word: string): boolean {
  const [processId = '', ticks = '', boot = ''] = word.split('-');
  return boot === bootId().slice(0, 8) && startTicks(Number(processId)) === ticks;
}

/** Whether the run that a box's id names still runs: an id has the run's word in it. */
export function isAliveId(id: string): boolean {
  const word = /\d+-\d+-[0-9a-f]{8}/.exec(id)?.[0];
  return word !== undefined && isAliveWord(word);
}

/** Whether a process of that number runs, whichever it is: enough for names that only have to be free. */
export function isRunning(processId: number): boolean {
  return startTicks(processId) !== null;
}

function startTicks(processId: number): string | null {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'latin1');
    // The command's name, in parentheses, may hold anything: fields are counted from the last parenthesis on.
    return (
      stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .at(19) ?? null
    );
  } catch {
    return null;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return 'unknown';
  }
}
