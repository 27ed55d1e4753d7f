import { readKernelText } from '../../host/read-kernel-text.ts';

/** The kernel's count of how often a container met its limit of processes. */
export interface ProcessLimitWatch {
  /** Looks now: the counter goes away with the container, and what is said last is said shortly before. */
  look(): void;
  wasMet(): boolean;
  end(): void;
}

/** One look takes some 20 microseconds. Of version 1 nobody is told when the counter changes. */
const lookEveryMs = 20;

/** Follows the counter of a running container's control group. Where none is to be seen, the limit is never met. */
export function watchProcessLimit(processId: number): ProcessLimitWatch {
  const file = eventsFile(readKernelText(`/proc/${processId}/cgroup`));
  let met = false;
  const look = () => {
    met ||= file !== null && Number(/^max (\d+)$/m.exec(readKernelText(file))?.[1] ?? 0) > 0;
  };
  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  return { look, wasMet: () => met, end: () => clearInterval(timer) };
}

/** Where a process's group counts, by the lines of /proc/PID/cgroup: version 1 names the controller, 2 has one line. */
export function eventsFile(groups: string): string | null {
  const first = /^\d+:(?:[^:\n]*,)?pids(?:,[^:\n]*)?:(\/[^\n]+)$/m.exec(groups)?.[1];
  if (first !== undefined) return `/sys/fs/cgroup/pids${first}/pids.events`;
  const second = /^0::(\/[^\n]+)$/m.exec(groups)?.[1];
  return second === undefined ? null : `/sys/fs/cgroup${second}/pids.events`;
}
