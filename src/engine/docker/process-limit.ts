import { type FSWatcher, readFileSync, watch } from 'node:fs';

/** The kernel's count of how often a container met its limit of processes. */
export interface ProcessLimitWatch {
  wasMet(): boolean;
  end(): void;
}

/**
 * Follows the counter of a running container's control group, which goes away with the container: the kernel tells when
 * it changes, so nothing is asked meanwhile. Without such a group (a rootless engine's may be hidden) it is never met.
 */
export function watchProcessLimit(processId: number): ProcessLimitWatch {
  let met = false;
  let watcher: FSWatcher | null = null;
  try {
    const file = eventsFile(readFileSync(`/proc/${processId}/cgroup`, 'latin1'));
    if (file !== null) {
      const look = () => {
        met ||= isMet(file);
      };
      watcher = watch(file, { persistent: false }, look);
      watcher.on('error', () => undefined);
      look();
    }
  } catch {
    // It has ended already, or the group is not to be seen from here.
  }
  return { wasMet: () => met, end: () => watcher?.close() };
}

/** Where a process's group counts, by the lines of /proc/PID/cgroup: version 1 names the controller, 2 has one line. */
export function eventsFile(groups: string): string | null {
  const first = /^\d+:(?:[^:\n]*,)?pids(?:,[^:\n]*)?:(\/[^\n]+)$/m.exec(groups)?.[1];
  if (first !== undefined) return `/sys/fs/cgroup/pids${first}/pids.events`;
  const second = /^0::(\/[^\n]+)$/m.exec(groups)?.[1];
  return second === undefined ? null : `/sys/fs/cgroup${second}/pids.events`;
}

function isMet(file: string): boolean {
  try {
    return Number(/^max (\d+)$/m.exec(readFileSync(file, 'latin1'))?.[1] ?? 0) > 0;
  } catch {
    return false;
  }
}
