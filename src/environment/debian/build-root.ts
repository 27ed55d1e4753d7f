import { closeSync, createWriteStream, fstatSync, openSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Result } from '../../base/result.ts';
import { endWhenFull } from '../../host/end-when-full.ts';
import { runProgram } from '../../host/program.ts';
import { readDescriptor } from '../../host/read-descriptor.ts';
import type { DebianPackage } from '../../lock/pins.ts';
import { buildInContainer } from './build-in-container.ts';
import { type DebianHost, findTool, toolVariables } from './debian-host.ts';
import { makeLocalRepository } from './local-repository.ts';
import { explainFailure, missingForUnshare, mmdebstrapMissing } from './mmdebstrap-problems.ts';
import { mmdebstrapArguments, mmdebstrapProgress } from './mmdebstrap-run.ts';
import { finishScript, sourceDateEpoch } from './root-recipe.ts';
import { type RootTar, takeTar } from './root-tar.ts';
import { makeScratch, type Scratch, writeJob } from './scratch.ts';
import { wallPackages } from './wall-packages.ts';

/**
 * Makes the root of these packages, all in the cache already. The bytes depend on the packages alone: not on the day,
 * the host or whether root makes it. Whoever calls removes it.
 */
export async function buildDebianRoot(host: DebianHost, packages: readonly DebianPackage[]): Promise<Result<RootTar>> {
  if (host.container !== undefined) return buildInContainer(host, host.container, packages);
  const program = findTool(host, 'mmdebstrap');
  if (program === null) return failure(mmdebstrapMissing());
  const missing = missingForUnshare(host);
  if (missing !== null) return failure(missing);
  const packedBytes = packages.reduce((sum, pinned) => sum + pinned.sizeBytes, 0);
  // Measured: unpacked packages, their copy in the root, the root and its tar take 17 times the packed size.
  const scratch = await makeScratch(host, packedBytes * 20);
  if (!scratch.ok) return scratch;
  const tar = await makeTar(host, program, packages, scratch.value);
  if (!tar.ok) await scratch.value.remove();
  return tar;
}

async function makeTar(
  host: DebianHost,
  program: string,
  packages: readonly DebianPackage[],
  scratch: Scratch,
): Promise<Result<RootTar>> {
  const made = await makeLocalRepository(host, packages, join(scratch.path, 'repository'));
  if (!made.ok) return made;
  writeJob(scratch.path, { finish: finishScript });
  await mkdir(join(scratch.path, 'work'));
  await chmod(join(scratch.path, 'work'), 0o755);
  const wall = await wallPackages(host, scratch.path);
  if (!wall.ok) return wall;
  const { prefix, root, folder } = wall.value;
  const log = watchLog(host, join(scratch.path, 'log'));
  const [finish, repository, tar, work] = ['finish', 'repository', 'work/root.tar', 'work'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  const words = mmdebstrapArguments(packages, { finish, repository, tar });
  const [first = program, ...rest] = [...prefix, program, `--mode=${root ? 'root' : 'unshare'}`, ...words];
  const options = {
    variables: { ...toolVariables(host), SOURCE_DATE_EPOCH: sourceDateEpoch, TMPDIR: work },
    workingDirectory: scratch.path,
    stdout: 'none',
    stderr: log.stream,
  } as const;
  const ended = await endWhenFull([scratch.path], host.signal, (signal) =>
    runProgram(first, rest, { ...options, signal }),
  );
  const said = ended.startError ?? `${log.text()}${ended.stderr}`;
  log.close();
  if (ended.status !== 0) return failure(explainFailure('the root file system could not be made', said));
  return takeTar(join(scratch.path, 'work/root.tar'), () => scratch.remove());
}

const mostLogBytes = 8 * 1024 * 1024;

/**
 * mmdebstrap writes into a file; its own lines in there tell how far it is and, at the end, what went wrong. The file is
 * held: what packages put in its place is never opened.
 */
function watchLog(host: DebianHost, file: string) {
  const descriptor = openSync(file, 'w+');
  const stream = createWriteStream('', { fd: descriptor, autoClose: false });
  const text = () => readDescriptor(descriptor, Math.min(fstatSync(descriptor).size, mostLogBytes)).toString('utf8');
  const timer = setInterval(() => {
    const fraction = mmdebstrapProgress(text());
    if (fraction !== undefined) host.onProgress({ kind: 'step', text: 'Making the root file system', fraction });
  }, 250);
  const close = () => {
    clearInterval(timer);
    closeSync(descriptor);
  };
  return { stream, text, close };
}
