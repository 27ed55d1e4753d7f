import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { freeBytes } from '../../host/free-bytes.ts';
import { cacheFolders } from '../../host/locations.ts';
import { makeNotedFolder } from '../../host/noted-path.ts';
import { type ProgramEnd, runProgram } from '../../host/program.ts';
import { sha256 } from '../../host/project-key.ts';
import { fullDisk } from '../../problem/full-disk.ts';
import { findApt, runApt } from './apt-program.ts';
import type { DebianMirror } from './apt-sources.ts';
import { makeCacheFolder } from './deb-cache.ts';
import { type DebianHost, findTool, toolVariables } from './debian-host.ts';

/** An apt of our own that knows nothing of the host's packages and needs no root. */
export interface AptState {
  run(programArguments: readonly string[]): Promise<ProgramEnd>;
  /** Fetches the mirrors' indexes, unless that was done a moment ago; with options always. */
  update(options?: readonly string[]): Promise<ProgramEnd>;
  /** Where they lie then. */
  readonly lists: string;
  remove(): Promise<void>;
}

/**
 * Makes the private state for one suite. Of the host's apt only its proxies and TLS settings are taken over. `installed`
 * is the text of dpkg's own list of the packages that are there already; without it there are none.
 */
export async function makeAptState(
  host: DebianHost,
  wanted: { readonly suite: string; readonly architecture: string; readonly installed: string | null },
  mirrors: readonly DebianMirror[],
): Promise<Result<AptState>> {
  const { suite, architecture } = wanted;
  if (host.container === undefined && findApt(host, 'apt-get') === null) return failure(aptMissing());
  const network = await hostNetworkSettings(host);
  const sources = sourcesList(suite, architecture, mirrors);
  const kept = makeCacheFolder(join(host.locations.cache, cacheFolders.apt, sha256(sources).slice(0, 16)));
  if (!kept.ok) return kept;
  // On a full disk apt waits without end. Measured: 50 MB of lists, 46 MB more with those of files, 70 MB of its own notes.
  if ((freeBytes(kept.value) ?? listBytes) < listBytes)
    return failure({ what: "Debian's package lists could not be kept", ...fullDisk });
  const { path: folder, forget } = makeNotedFolder(host.locations.state, join(tmpdir(), 'cargo-boxed-apt-'));
  for (const name of ['archives/partial', 'parts', 'preferences']) mkdirSync(join(folder, name), { recursive: true });
  mkdirSync(join(kept.value, 'lists/partial'), { recursive: true });
  writeFileSync(join(folder, 'status'), wanted.installed ?? '');
  writeFileSync(join(folder, 'sources.list'), sources);
  writeFileSync(join(folder, 'apt.conf'), configuration({ folder, kept: kept.value }, wanted.architecture, network));
  const variables = { ...toolVariables(host), APT_CONFIG: join(folder, 'apt.conf') };
  const folders = [folder, kept.value];
  const run = async (programArguments: readonly string[]) =>
    (await runApt(host, 'apt-get', programArguments, { variables, folders })) ?? notStarted;
  const stamp = join(kept.value, 'updated');
  return success({
    lists: join(kept.value, 'lists'),
    run,
    update: async (options) => {
      if (options === undefined && isFresh(stamp)) return nothingToDo;
      // What is cut short is not taken for whole.
      rmSync(stamp, { force: true });
      const ended = await run(['update', '--quiet', ...(options ?? [])]);
      if (ended.status === 0 && options === undefined) writeFileSync(stamp, '');
      return ended;
    },
    remove: async () => {
      await rm(folder, { recursive: true, force: true });
      forget();
    },
  });
}

const listBytes = 256 * 1024 * 1024;

/** A build that learns asks again and again; nobody is served worse with what a mirror had some minutes ago. */
const freshMs = 10 * 60 * 1000;

function isFresh(stamp: string): boolean {
  const age = Date.now() - (statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return age >= 0 && age < freshMs;
}

const nothingToDo: ProgramEnd = { status: 0, signal: null, stdout: '', stderr: '', timedOut: false, startError: null };

const notStarted: ProgramEnd = {
  status: null,
  signal: null,
  stdout: '',
  stderr: 'apt-get is gone',
  timedOut: false,
  startError: 'apt-get is gone',
};

export function aptMissing() {
  return {
    code: 'environment',
    what: 'apt is not installed',
    why: 'it resolves the packages of the debian environment',
    fix: 'Run: sudo apt-get install apt mmdebstrap uidmap',
  } as const;
}

/** `apt-config` lines that say how the network is reached: proxies and certificates, in apt's own syntax. */
async function hostNetworkSettings(host: DebianHost): Promise<readonly string[]> {
  const program = findTool(host, 'apt-config');
  if (program === null) return [];
  const dump = await runProgram(program, ['dump'], { variables: toolVariables(host) });
  return dump.stdout.split('\n').filter((line) => /^Acquire::https?(::|\s)/i.test(line) && !/ "";$/.test(line));
}

export function sourcesList(suite: string, architecture: string, mirrors: readonly DebianMirror[]): string {
  const lines = mirrors.flatMap(({ archive, uri, signedBy }) => {
    const options = [`arch=${architecture}`, ...(signedBy === null ? [] : [`signed-by=${signedBy}`])].join(' ');
    const suites = archive === 'debian' ? [suite, `${suite}-updates`] : [`${suite}-security`];
    return suites.map((name) => `deb [${options}] ${uri} ${name} main`);
  });
  return `${lines.join('\n')}\n`;
}

function configuration(
  { folder, kept }: { readonly folder: string; readonly kept: string },
  architecture: string,
  network: readonly string[],
): string {
  const settings: readonly (readonly [string, string])[] = [
    ['Dir::State', folder],
    ['Dir::State::lists', join(kept, 'lists')],
    ['Dir::State::status', join(folder, 'status')],
    ['Dir::State::extended_states', join(folder, 'extended_states')],
    ['Dir::Cache', folder],
    ['Dir::Cache::archives', join(folder, 'archives')],
    ['Dir::Cache::pkgcache', join(kept, 'pkgcache.bin')],
    ['Dir::Cache::srcpkgcache', join(kept, 'srcpkgcache.bin')],
    ['Dir::Etc::main', '/dev/null'],
    ['Dir::Etc::parts', join(folder, 'parts')],
    ['Dir::Etc::sourcelist', join(folder, 'sources.list')],
    ['Dir::Etc::sourceparts', '/dev/null'],
    ['Dir::Etc::preferences', '/dev/null'],
    ['Dir::Etc::preferencesparts', join(folder, 'preferences')],
    ['Dir::Log', folder],
    ['APT::Architecture', architecture],
    ['APT::Install-Recommends', 'false'],
    ['APT::Sandbox::User', ''],
    ['APT::Update::Error-Mode', 'any'],
    ['Acquire::Languages', 'none'],
    ['Acquire::ForceHash', 'SHA256'],
    ['Acquire::Retries', '3'],
    ['Debug::NoLocking', 'true'],
  ];
  const lines = settings.map(([name, value]) => `${name} "${value}";`);
  return `${[...lines, `APT::Architectures { "${architecture}"; };`, ...network].join('\n')}\n`;
}
