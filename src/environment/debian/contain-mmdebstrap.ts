import { runProgram } from '../../host/program.ts';
import { type DebianHost, findTool, toolVariables } from './debian-host.ts';
import { mmdebstrapMode } from './mmdebstrap-problems.ts';

/**
 * The command line that runs mmdebstrap so that it ends with us, even by `kill -9`. As root it mounts /proc, /sys and
 * /dev in its root, on the host: in namespaces of its own those mounts are gone with the last process, and nothing can
 * delete through them. Ordinary users have that from mmdebstrap itself.
 */
export async function containMmdebstrap(
  host: DebianHost,
  program: string,
  programArguments: readonly string[],
): Promise<readonly [string, readonly string[]]> {
  const setpriv = findTool(host, 'setpriv');
  const endsWithUs = setpriv === null ? [] : [setpriv, '--pdeathsig', 'KILL', '--'];
  const contained = mmdebstrapMode() === 'root' ? await ownNamespaces(host) : [];
  const [first = program, ...rest] = [...endsWithUs, ...contained, program, ...programArguments];
  return [first, rest];
}

/** Root without the right to mount (in a container) cannot have them; mmdebstrap does not mount then either. */
async function ownNamespaces(host: DebianHost): Promise<readonly string[]> {
  const unshare = findTool(host, 'unshare');
  if (unshare === null) return [];
  const options = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
  const tried = await runProgram(unshare, [...options, 'true'], { variables: toolVariables(host), timeoutMs: 10_000 });
  return tried.status === 0 ? [unshare, ...options] : [];
}
