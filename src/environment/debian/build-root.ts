import { closeSync, createWriteStream, openSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { endWhenFull } from '../../host/end-when-full.ts';
import { runProgram } from '../../host/program.ts';
import type { DebianPackage } from '../../lock/pins.ts';
import { buildInContainer } from './build-in-container.ts';
import { sha256OfFile } from './deb-cache.ts';
import { type DebianHost, findTool, toolVariables } from './debian-host.ts';
import { makeLocalRepository } from './local-repository.ts';
import { explainFailure, missingForUnshare, mmdebstrapMissing } from './mmdebstrap-problems.ts';
import { mmdebstrapArguments, mmdebstrapProgress } from './mmdebstrap-run.ts';
import { ownNamespaces } from './own-namespaces.ts';
import { finishScript, sourceDateEpoch } from './root-recipe.ts';
import type { RootTar } from './root-tar.ts';
import { makeScratch, type Scratch } from './scratch.ts';

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
  const repository = join(scratch.path, 'repository');
  const made = await makeLocalRepository(host, packages, repository);
  if (!made.ok) return made;
  const file = join(scratch.path, 'root.tar');
  const finish = join(scratch.path, 'finish');
  await writeFile(finish, finishScript);
  await chmod(finish, 0o755);
  const temporary = join(scratch.path, 'work');
  await mkdir(temporary);
  await chmod(temporary, 0o755);
  const log = watchLog(host, join(scratch.path, 'log'));
  const { prefix, root } = await ownNamespaces(host);
  const words = mmdebstrapArguments(packages, { finish, repository, tar: file });
  const [first = program, ...rest] = [...prefix, program, `--mode=${root ? 'root' : 'unshare'}`, ...words];
  const options = {
    variables: { ...toolVariables(host), SOURCE_DATE_EPOCH: sourceDateEpoch, TMPDIR: temporary },
    workingDirectory: scratch.path,
    stdout: 'none',
    stderr: log.stream,
  } as const;
  const ended = await endWhenFull([scratch.path], host.signal, (signal) =>
    runProgram(first, rest, { ...options, signal }),
  );
  log.close();
  if (ended.status !== 0)
    return failure(
      explainFailure('the root file system could not be made', ended.startError ?? `${log.text()}${ended.stderr}`),
    );
  return success({ file, sha256: await sha256OfFile(file), remove: () => scratch.remove() });
}

/** mmdebstrap writes into a file; its own lines in there tell how far it is and, at the end, what went wrong. */
function watchLog(host: DebianHost, file: string) {
  const descriptor = openSync(file, 'w+');
  const stream = createWriteStream('', { fd: descriptor, autoClose: false });
  const text = () => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      // Its folder was removed between two looks.
      return '';
    }
  };
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
