import { readlinkSync } from 'node:fs';
import { currentOwner, isAlive, type Owner } from '../../host/owner.ts';

/** Who started a container, written on it as a label, so that a later command can tell an orphan from a running box. */
export interface ContainerOwner extends Owner {
  readonly uid: number;
  /** Process ids only mean something within one namespace, and an engine serves more than one. */
  readonly pidNamespace: string;
}

export const ownerLabel = 'cargo-boxed.owner';
export const idLabel = 'cargo-boxed.id';

export function currentContainerOwner(): ContainerOwner {
  return { ...currentOwner(), uid: process.getuid?.() ?? 0, pidNamespace: readlinkSync('/proc/self/ns/pid') };
}

export function writeOwner(owner: ContainerOwner): string {
  return [owner.uid, owner.processId, owner.startTicks, owner.bootId, owner.pidNamespace].join(' ');
}

export function readOwner(text: string): ContainerOwner | null {
  const [uid, processId, startTicks, bootId, pidNamespace, ...rest] = text.split(' ');
  if (!/^\d+$/.test(uid ?? '') || !/^\d+$/.test(processId ?? '') || rest.length > 0) return null;
  if (startTicks === undefined || bootId === undefined || pidNamespace === undefined) return null;
  return { uid: Number(uid), processId: Number(processId), startTicks, bootId, pidNamespace };
}

/**
 * `gone` only when that is certain: same user, and either an earlier boot or a process of our own namespace that is no
 * more. Another user's process may be hidden from us, another namespace's number names somebody else here.
 */
export function ownerState(owner: ContainerOwner, we: ContainerOwner, running: boolean): 'alive' | 'gone' | 'unknown' {
  if (owner.uid !== we.uid) return 'unknown';
  if (owner.bootId !== we.bootId) return running ? 'unknown' : 'gone';
  if (owner.pidNamespace !== we.pidNamespace) return 'unknown';
  return isAlive(owner) ? 'alive' : 'gone';
}
