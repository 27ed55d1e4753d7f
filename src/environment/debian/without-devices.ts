import { type DebianHost, findTool } from './debian-host.ts';
import { isRoot } from './mmdebstrap-problems.ts';

/**
 * The same command without the right to make devices; `null`: it cannot be taken away here. What unpacks or copies a root
 * does it as root of this machine, and what is in one the programs of its packages decide: a disk of the machine, for
 * everybody to open. An ordinary user makes none.
 */
export function withoutDevices(
  host: Pick<DebianHost, 'variables' | 'forbidden'>,
  program: string,
  words: readonly string[],
): readonly [program: string, words: readonly string[]] | null {
  if (!isRoot()) return [program, words];
  const setpriv = findTool(host, 'setpriv');
  return setpriv === null ? null : [setpriv, ['--bounding-set=-mknod', '--inh-caps=-mknod', '--', program, ...words]];
}
