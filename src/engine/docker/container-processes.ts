import { readFileSync } from 'node:fs';

/** Whether a process of this machine belongs to a container, by its control groups; `null` when it has ended. */
export function isProcessOf(processId: number, containerId: string): boolean | null {
  if (processId === 0) return null;
  try {
    return readFileSync(`/proc/${processId}/cgroup`, 'latin1').includes(containerId);
  } catch {
    return null;
  }
}
