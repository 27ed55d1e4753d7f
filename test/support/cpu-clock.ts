/**
 * Milliseconds of work that this process has done. Bounds on hostile input count work: the clock on the wall also counts
 * what else the machine does.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
