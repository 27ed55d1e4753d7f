import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { moveIntoPlace } from '../../host/move-into-place.ts';
import { currentOwner, ownerWord } from '../../host/owner.ts';
import { runProgram } from '../../host/program.ts';
import type { Problem } from '../../problem/problem.ts';
import { type DebianHost, findTool, toolVariables } from './debian-host.ts';
import { explainFailure } from './mmdebstrap-problems.ts';
import { withoutDevices } from './without-devices.ts';

/**
 * Unpacks a root into `<roots>/<sha256>`: all files belong to the caller, without set-id bits, and every folder can be
 * deleted again. It stands there whole or not at all; if somebody else was faster, theirs stays.
 */
export async function unpackRoot(
  host: DebianHost,
  tar: string,
  roots: string,
  sha256: string,
): Promise<Result<string>> {
  const target = join(roots, sha256);
  const unfinished = join(roots, `.new-${ownerWord(currentOwner())}`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const problem = await extractRoot(host, tar, unfinished);
  if (problem !== null) {
    await rm(unfinished, { recursive: true, force: true });
    return failure(problem);
  }
  try {
    moveIntoPlace(unfinished, target);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return success(target);
}

/** Unpacks the archive of a root into an empty folder; gives what went wrong, or `null`. One with devices is none. */
export async function extractRoot(host: DebianHost, tar: string, folder: string): Promise<Problem | null> {
  const what = 'the root file system could not be unpacked';
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['tar', ['--extract', `--file=${tar}`, `--directory=${folder}`, '--no-same-owner', '--same-permissions']],
    ['find', [folder, '-type', 'f', '-perm', '/6000', '-exec', 'chmod', 'u-s,g-s', '{}', '+']],
    ['find', [folder, '-type', 'd', '-exec', 'chmod', 'u+rwx,u-s,g-s,-t', '{}', '+']],
  ];
  for (const [name, programArguments] of steps) {
    const program = findTool(host, name);
    if (program === null)
      return { code: 'environment', what, why: `${name} is not installed`, fix: `Install ${name}.` } as const;
    const command = withoutDevices(host, program, programArguments);
    if (command === null)
      return { code: 'environment', what, why: 'setpriv is not installed', fix: 'Install util-linux.' };
    const ended = await runProgram(...command, {
      variables: toolVariables(host),
      signal: host.signal,
    });
    if (ended.status !== 0) return explainFailure(what, ended.stderr);
  }
  // The tar has no device nodes and so no /dev; it is a mount point.
  await mkdir(join(folder, 'dev'), { recursive: true, mode: 0o755 });
  return null;
}
