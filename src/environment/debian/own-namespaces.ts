import { runProgram } from '../../host/program.ts';
import { type DebianHost, findTool, toolVariables } from './debian-host.ts';
import { isRoot } from './mmdebstrap-problems.ts';

/** What a command line begins with to run in namespaces of its own, and whether it is root in there. */
export interface OwnNamespaces {
  readonly prefix: readonly string[];
  readonly root: boolean;
}

/**
 * Namespaces for programs of Debian's packages. They end with their first process, and that one with us, even by
 * `kill -9`: mmdebstrap alone goes on, or waits for ever, and as root it leaves /proc, /sys and /dev mounted in its root,
 * where deleting would reach through them. They have no network either: packages' scripts need none. An ordinary user is
 * root in a user namespace there, so both make a root in the same way.
 */
export async function ownNamespaces(host: DebianHost): Promise<OwnNamespaces> {
  const setpriv = findTool(host, 'setpriv');
  const namespaces = await findNamespaces(host);
  const endsWithUs = setpriv === null ? [] : [setpriv, '--pdeathsig', 'KILL', '--'];
  return { prefix: [...endsWithUs, ...namespaces], root: namespaces.length > 0 || isRoot() };
}

/** Not to be had by root in a container, or with an unshare before 2.38: then mmdebstrap does what it can by itself. */
async function findNamespaces(host: DebianHost): Promise<readonly string[]> {
  const unshare = findTool(host, 'unshare');
  if (unshare === null) return [];
  const user = isRoot() ? [] : ['--map-root-user', '--map-auto'];
  const mounts = ['--mount', '--propagation', 'private', '--mount-proc'];
  const options = [...user, ...mounts, '--net', '--pid', '--fork', '--kill-child', '--'];
  const tried = await runProgram(unshare, [...options, 'true'], { variables: toolVariables(host), timeoutMs: 10_000 });
  return tried.status === 0 ? [unshare, ...options] : [];
}
