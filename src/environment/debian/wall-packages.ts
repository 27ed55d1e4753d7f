import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { runProgram } from '../../host/program.ts';
import { readKernelText } from '../../host/read-kernel-text.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import { type DebianHost, findTool, toolVariables } from './debian-host.ts';
import { isRoot } from './mmdebstrap-problems.ts';
import { type IdRange, strangerIds } from './stranger-ids.ts';
import { insideWall, wallScript } from './wall-script.ts';

/** What a command line begins with to run behind a wall, and whether it is root in there. */
export interface PackageWall {
  readonly prefix: readonly string[];
  readonly root: boolean;
  /** The scratch folder as it is called in there. */
  readonly folder: string;
}

/**
 * A wall for programs of Debian's packages, whose bytes a project's lock may have chosen: they see the programs of this
 * machine, read-only, and write the scratch folder alone, with no network and with ids that are nobody's here, or of a
 * user's own range. It ends with its first process, and that one with us, even by `kill -9`: mmdebstrap alone goes on, or
 * waits for ever. An ordinary user is root in a user namespace there as root is, so both make a root in the same way.
 * Where there is no such wall an ordinary user has what mmdebstrap makes, which has none of his ids; root has nothing.
 */
export async function wallPackages(host: DebianHost, scratch: string): Promise<Result<PackageWall>> {
  const [unshare, setpriv] = ['unshare', 'setpriv'].map((name) => findTool(host, name));
  const ids = isRoot() ? strangerIds(readKernelText('/proc/self/uid_map')) : null;
  if (!unshare || !setpriv || (isRoot() && ids === null))
    return without(scratch, 'unshare, setpriv or ids for it are not here');
  const prefix = wallOf(unshare, setpriv, ids);
  const tried = join(scratch, 'try');
  await mkdir(tried);
  const [program = unshare, ...words] = [...prefix(tried), 'true'];
  const ended = await runProgram(program, words, { variables: toolVariables(host), timeoutMs: 10_000 });
  if (ended.status === 0) return success({ prefix: prefix(scratch), root: true, folder: insideWall });
  return without(scratch, ended.startError ?? ended.stderr.trim().split('\n').at(-1) ?? '');
}

function wallOf(unshare: string, setpriv: string, ids: IdRange | null) {
  const user = ids === null ? ['--map-root-user', '--map-auto'] : [];
  const namespaces = ['--mount', '--propagation', 'private', '--mount-proc', '--pid', '--fork', '--kill-child'];
  const [first, count] = ids === null ? ['', ''] : [String(ids.first), String(ids.count)];
  return (folder: string) => [
    ...[setpriv, '--pdeathsig', 'KILL', '--', unshare, ...user, ...namespaces, '--'],
    ...['sh', '-c', wallScript, 'sh', folder, first, count],
  ];
}

function without(folder: string, why: string): Result<PackageWall> {
  return isRoot() ? failure(noWall(why)) : success({ prefix: [], root: false, folder });
}

function noWall(why: string): Problem {
  return {
    code: 'not-enforceable',
    what: 'the programs of Debian packages would run as root of this machine',
    why: `no wall can be made for them: ${printable(why)}`,
    fix: 'Allow user namespaces here (sysctl user.max_user_namespaces), run it as an ordinary user, or use `--engine docker`.',
  };
}
