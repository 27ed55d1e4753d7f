import { join } from 'node:path';
import { failure, type Result } from '../../base/result.ts';
import type { DebianPackage } from '../../lock/pins.ts';
import { makeDebFolder } from './deb-cache.ts';
import type { DebianContainer } from './debian-container.ts';
import { type DebianHost, toolVariables } from './debian-host.ts';
import { fetchDebianPackages } from './fetch-packages.ts';
import { addScript, makerFolders, makeScript } from './maker-script.ts';
import { explainFailure } from './mmdebstrap-problems.ts';
import { mmdebstrapArguments, mmdebstrapProgress } from './mmdebstrap-run.ts';
import { finishScript, sourceDateEpoch } from './root-recipe.ts';
import { openTar, type RootTar, takeTar } from './root-tar.ts';
import { closedFolder, hasMemory, makeScratch, type Scratch, writeJob } from './scratch.ts';

/**
 * Makes the root in a container of a Debian image: the same program, words and packages as on this machine, and the same
 * bytes. All that is half-made lies in the container and goes away with it.
 */
export async function buildInContainer(
  host: DebianHost,
  container: DebianContainer,
  packages: readonly DebianPackage[],
): Promise<Result<RootTar>> {
  const tools = await fetchDebianPackages(host, container.pins);
  if (!tools.ok) return tools;
  const debs = makeDebFolder(host);
  if (!debs.ok) return debs;
  const packedBytes = packages.reduce((sum, pinned) => sum + pinned.sizeBytes, 0);
  // Measured: the tar is four times the packed size.
  const scratch = await makeScratch(host, packedBytes * 6);
  if (!scratch.ok) return scratch;
  const tar = await makeTar(host, container, packages, debs.value, scratch.value);
  if (!tar.ok) await scratch.value.remove();
  return tar;
}

async function makeTar(
  host: DebianHost,
  container: DebianContainer,
  packages: readonly DebianPackage[],
  debs: string,
  scratch: Scratch,
): Promise<Result<RootTar>> {
  const folder = closedFolder(scratch);
  writeJob(folder, {
    make: makeScript,
    add: addScript,
    finish: finishScript,
    tools: lines(container.pins.packages.map(({ sha256 }) => sha256)),
    packages: lines(packages.map(({ name, version, sha256 }) => `${name} ${version} ${sha256}`)),
  });
  const { job, work } = makerFolders;
  const sizeBytes = packages.reduce((sum, pinned) => sum + pinned.sizeBytes, 0) * 20;
  let log = '';
  const ended = await container.make(
    [
      '/bin/sh',
      `${job}/make`,
      '--mode=root',
      ...mmdebstrapArguments(packages, {
        finish: `${job}/finish`,
        repository: `${work}/repository`,
        tar: `${job}/root.tar`,
      }),
    ],
    {
      variables: {
        ...toolVariables({ ...host, variables: {} }),
        SOURCE_DATE_EPOCH: sourceDateEpoch,
        TMPDIR: `${work}/tmp`,
      },
      mounts: { [job]: folder, [makerFolders.debs]: debs },
      written: job,
      work: { path: work, sizeBytes, place: hasMemory(sizeBytes) ? 'memory' : 'disk' },
      onText: (text) => {
        log = `${log}${text}`.slice(-maximumLog);
        const fraction = mmdebstrapProgress(log);
        if (fraction !== undefined) host.onProgress({ kind: 'step', text: 'Making the root in a container', fraction });
      },
    },
  );
  if (ended.status !== 0)
    return failure(explainFailure('the root file system could not be made', ended.startError ?? log));
  const tar = join(scratch.path, 'root.tar');
  const problem = openTar(join(folder, 'root.tar'), tar);
  return problem === null ? takeTar(tar, () => scratch.remove()) : failure(problem);
}

const maximumLog = 1024 * 1024;

function lines(words: readonly string[]): string {
  return words.map((word) => `${word}\n`).join('');
}
