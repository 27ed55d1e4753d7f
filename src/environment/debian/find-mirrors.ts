import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { runProgram } from '../../host/program.ts';
import { printable } from '../../problem/problem.ts';
import {
  type AptSource,
  type DebianMirror,
  debianMirrors,
  parseDeb822Sources,
  parseOneLineSources,
} from './apt-sources.ts';
import type { DebianArchive } from './debian-archive.ts';
import type { DebianContainer } from './debian-container.ts';
import { type DebianHost, findTool, toolVariables } from './debian-host.ts';
import { isRoot, mmdebstrapMissing } from './mmdebstrap-problems.ts';

/** Files of Debian's archive keys, as the two spellings of the package that has them. */
const keyrings = ['/usr/share/keyrings/debian-archive-keyring.pgp', '/usr/share/keyrings/debian-archive-keyring.gpg'];

/**
 * Where Debian's packages come from: what the caller's configuration says, else the host's own apt sources, else the
 * mirrors that mmdebstrap takes by default, or those of the image in which it runs. No address is ours.
 */
export async function findMirrors(host: DebianHost, suite: string): Promise<Result<readonly DebianMirror[]>> {
  const configured = Object.entries(host.mirrors ?? {}).map(([archive, uri]) => ({
    archive: archive as DebianArchive,
    uri: uri.replace(/\/+$/, ''),
    signedBy: null,
  }));
  const found = configured.length > 0 ? configured : debianMirrors(readHostSources());
  const signed = (mirrors: readonly DebianMirror[]) => mirrors.map((mirror) => withKeyring(host, mirror));
  if (found.some(isArchive('debian')) && found.some(isArchive('debian-security'))) return success(signed(found));
  const defaults = host.container === undefined ? await defaultMirrors(host, suite) : imageMirrors(host.container);
  if (!defaults.ok) return found.some(isArchive('debian')) ? success(signed(found)) : defaults;
  const missing = defaults.value.filter((mirror) => !found.some(isArchive(mirror.archive)));
  return success(signed([...found, ...missing]));
}

function isArchive(archive: DebianArchive): (mirror: DebianMirror) => boolean {
  return (mirror) => mirror.archive === archive;
}

/** A keyring is named by its path where apt runs. */
function withKeyring({ container }: DebianHost, mirror: DebianMirror): DebianMirror {
  if (container !== undefined) return { ...mirror, signedBy: container.image.keyring };
  if (mirror.signedBy !== null && existsSync(mirror.signedBy)) return mirror;
  return { ...mirror, signedBy: keyrings.find((file) => existsSync(file)) ?? null };
}

function readHostSources(): readonly AptSource[] {
  const folder = '/etc/apt/sources.list.d';
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder).sort();
  } catch {
    // A host without apt has no such folder.
  }
  const files = ['/etc/apt/sources.list', ...names.map((name) => join(folder, name))];
  return files.flatMap((file) => {
    try {
      if (file.endsWith('.sources')) return parseDeb822Sources(readFileSync(file, 'utf8'));
      return file.endsWith('.list') ? parseOneLineSources(readFileSync(file, 'utf8')) : [];
    } catch {
      return [];
    }
  });
}

function imageMirrors({ image, pins }: DebianContainer): Result<readonly DebianMirror[]> {
  const mirrors = debianMirrors(image.sources);
  if (mirrors.some(isArchive('debian'))) return success(mirrors);
  return failure({
    code: 'environment',
    what: 'no mirror of the Debian archive is known',
    why: `neither this machine nor the image ${printable(pins.reference, 120)} names one`,
    fix: 'Name another image with `debian-image` in your own configuration.',
  });
}

/** mmdebstrap writes the sources of a suite into its root first: a hook prints them and then ends the run. */
async function defaultMirrors(host: DebianHost, suite: string): Promise<Result<readonly DebianMirror[]>> {
  const program = findTool(host, 'mmdebstrap');
  if (program === null) return failure(mmdebstrapMissing());
  const printSources = 'cat "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* 2>/dev/null; exit 1';
  const ended = await runProgram(
    program,
    [
      `--mode=${isRoot() ? 'root' : 'unshare'}`,
      '--variant=custom',
      '--format=null',
      `--setup-hook=${printSources}`,
      suite,
      '/dev/null',
    ],
    {
      variables: toolVariables(host),
      timeoutMs: 60_000,
      signal: host.signal,
    },
  );
  const mirrors = debianMirrors([...parseOneLineSources(ended.stdout), ...parseDeb822Sources(ended.stdout)]);
  if (mirrors.length > 0) return success(mirrors);
  return failure({
    code: 'environment',
    what: 'no mirror of the Debian archive is known',
    why: printable(ended.stderr.trim().split('\n').at(-1) ?? ended.startError ?? ''),
    fix: 'Name one in /etc/apt/sources.list, as apt wants it.',
  });
}
