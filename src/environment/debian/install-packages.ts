import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { runProgram } from '../../host/program.ts';
import type { DebianPackage } from '../../lock/pins.ts';
import { layDebs, makeDebFolder } from './deb-cache.ts';
import type { DebianContainer } from './debian-container.ts';
import { type DebianHost, findTool, toolVariables } from './debian-host.ts';
import { installFolder, installInContainerScript, installScript } from './install-script.ts';
import { makerFolders } from './maker-script.ts';
import { explainFailure, mmdebstrapMissing } from './mmdebstrap-problems.ts';
import { finishScript } from './root-recipe.ts';
import { openTar } from './root-tar.ts';
import { closedFolder, hasMemory, makeScratch, type Scratch, writeJob } from './scratch.ts';
import { extractRoot } from './unpack-root.ts';
import { wallPackages } from './wall-packages.ts';
import { withoutDevices } from './without-devices.ts';

/** A copy of a root with more packages in it, in a scratch folder that whoever calls removes. */
export interface InstalledTree {
  readonly path: string;
  remove(): Promise<void>;
}

const what = 'the packages could not be added to the root';
/** Of a base with its copy; measured: 730 MB. */
const baseBytes = 1_500_000_000;

/** Copies the root `base` and installs packages in the copy; all of them are in the cache already. */
export async function installPackages(
  host: DebianHost,
  base: string,
  packages: readonly DebianPackage[],
): Promise<Result<InstalledTree>> {
  const packedBytes = packages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const sizeBytes = baseBytes + packedBytes * 8;
  const scratch = await makeScratch(host, sizeBytes);
  if (!scratch.ok) return scratch;
  const path = join(scratch.value.path, 'root');
  host.onProgress({ kind: 'step', text: `Adding ${packages.length} Debian packages to the root` });
  const installed = await (host.container === undefined
    ? installHere(host, base, packages, scratch.value)
    : installInContainer(host, host.container, base, packages, { scratch: scratch.value, sizeBytes }));
  if (installed.ok) return success({ path, remove: () => scratch.value.remove() });
  await scratch.value.remove();
  return installed;
}

async function installHere(
  host: DebianHost,
  base: string,
  packages: readonly DebianPackage[],
  scratch: Scratch,
): Promise<Result<null>> {
  const root = join(scratch.path, 'root');
  const [copy, mmdebstrap, shell] = ['cp', 'mmdebstrap', 'sh'].map((name) => findTool(host, name));
  if (!copy || !shell) return failure({ code: 'environment', what, why: 'cp or sh is not installed' });
  if (!mmdebstrap) return failure(mmdebstrapMissing());
  const command = withoutDevices(host, copy, ['--archive', '--reflink=auto', base, root]);
  if (command === null) return failure({ code: 'environment', what, why: 'setpriv is not installed' });
  const copied = await runProgram(...command, programOptions(host));
  if (copied.status !== 0) return failure(explainFailure(what, copied.startError ?? copied.stderr));
  const debs = join(root, installFolder);
  mkdirSync(debs, { mode: 0o755 });
  layDebs(host, packages, debs);
  writeJob(scratch.path, { install: installScript, finish: finishScript });
  const wall = await wallPackages(host, scratch.path);
  if (!wall.ok) return wall;
  const { prefix, root: isRoot, folder } = wall.value;
  const job = [shell, ...['install', 'root', 'finish'].map((name) => join(folder, name))];
  const [program = shell, ...words] = [...prefix, ...(isRoot ? [] : [mmdebstrap, '--unshare-helper']), ...job];
  const ended = await runProgram(program, words, { ...programOptions(host), workingDirectory: scratch.path });
  return ended.status === 0 ? success(null) : failure(explainFailure(what, ended.startError ?? ended.stderr));
}

async function installInContainer(
  host: DebianHost,
  container: DebianContainer,
  base: string,
  packages: readonly DebianPackage[],
  { scratch, sizeBytes }: { readonly scratch: Scratch; readonly sizeBytes: number },
): Promise<Result<null>> {
  const debs = makeDebFolder(host);
  if (!debs.ok) return debs;
  const { job, work, debs: inside } = makerFolders;
  const folder = closedFolder(scratch);
  writeJob(folder, {
    make: installInContainerScript,
    install: installScript,
    finish: finishScript,
    packages: packages.map(({ name, sha256 }) => `${sha256} ${name}\n`).join(''),
  });
  const [root, from, tar] = [`${work}/root`, '/base', 'root.tar'];
  let log = '';
  const ended = await container.make(
    [
      ...['/bin/sh', `${job}/make`, root, `${job}/finish`, from],
      ...[`${job}/packages`, inside, `${job}/install`, `${job}/${tar}`],
    ],
    {
      variables: toolVariables({ ...host, variables: {} }),
      mounts: { [job]: folder, [inside]: debs.value, [from]: base },
      written: job,
      work: { path: work, sizeBytes, place: hasMemory(sizeBytes) ? 'memory' : 'disk' },
      onText: (text) => {
        log = `${log}${text}`.slice(-maximumLog);
      },
    },
  );
  if (ended.status !== 0) return failure(explainFailure(what, ended.startError ?? log));
  const opened = join(scratch.path, tar);
  const closed = openTar(join(folder, tar), opened);
  if (closed !== null) return failure(closed);
  const tree = join(scratch.path, 'root');
  mkdirSync(tree, { mode: 0o755 });
  const problem = await extractRoot(host, opened, tree);
  return problem === null ? success(null) : failure(problem);
}

const maximumLog = 1024 * 1024;

function programOptions(host: DebianHost) {
  return { variables: toolVariables(host), signal: host.signal };
}
