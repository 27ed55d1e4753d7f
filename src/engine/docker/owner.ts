import { readFileSync, readlinkSync } from 'node:fs';

/** Who started a container, written on it as labels, so that a later command can tell an orphan from a running box. */
export interface Owner {
  readonly uid: number;
  readonly pid: number;
  /** Clock ticks since boot: a process id alone is given to others later. */
  readonly startTime: string;
  readonly bootId: string;
  /** Process ids only mean something within one namespace. */
  readonly pidNamespace: string;
}

export const ownerLabel = 'cargo-boxed.owner';
export const idLabel = 'cargo-boxed.id';

export function currentOwner(): Owner {
  return {
    uid: process.getuid?.() ?? 0,
    pid: process.pid,
    startTime: startTime('self') ?? '',
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pidNamespace: readlinkSync('/proc/self/ns/pid'),
  };
}

export function writeOwner(owner: Owner): string {
  return [owner.uid, owner.pid, owner.startTime, owner.bootId, owner.pidNamespace].join(' ');
}

export function readOwner(text: string): Owner | null {
  const [uid, pid, start, bootId, pidNamespace, ...rest] = text.split(' ');
  if (!/^\d+$/.test(uid ?? '') || !/^\d+$/.test(pid ?? '') || rest.length > 0) return null;
  if (start === undefined || bootId === undefined || pidNamespace === undefined) return null;
  return { uid: Number(uid), pid: Number(pid), startTime: start, bootId, pidNamespace };
}

/**
 * `gone` only when that is certain: same user, and either an earlier boot or a process of our own namespace that is no
 * more. Another user's process may be hidden from us, another namespace's number names somebody else here.
 */
export function ownerState(owner: Owner, we: Owner, running: boolean): 'alive' | 'gone' | 'unknown' {
  if (owner.uid !== we.uid) return 'unknown';
  if (owner.bootId !== we.bootId) return running ? 'unknown' : 'gone';
  if (owner.pidNamespace !== we.pidNamespace) return 'unknown';
  return startTime(String(owner.pid)) === owner.startTime ? 'alive' : 'gone';
}

/** Field 22 of stat; the name in field 2 may hold blanks and brackets. */
function startTime(pid: string): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
