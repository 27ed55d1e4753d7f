import { failure, type Result, success } from '../../base/result.ts';
import { type RootWish, rootPackages } from '../../layers/catalogue.ts';
import type { DebianPackage } from '../../lock/pins.ts';
import { excludeEachOther, excludeWhatIsThere } from '../../problem/exclude-each-other.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import type { DebianMirror } from './apt-sources.ts';
import { type AptState, makeAptState } from './apt-state.ts';
import type { DebianHost } from './debian-host.ts';
import { findMirrors } from './find-mirrors.ts';
import { explainFailure } from './mmdebstrap-problems.ts';

/** apt counts itself as essential; inside a box nothing is ever installed. */
export const essential = '?and(?essential, ?not(?exact-name(apt)))';

/**
 * Asks the mirrors which packages such a root has today: every one with version, size and sum, sorted by
 * name. Signatures of the mirrors' indexes are checked by apt; from then on the sums are what counts.
 */
export async function resolveDebianPackages(
  host: DebianHost,
  root: RootWish,
  architecture: string,
): Promise<Result<readonly DebianPackage[]>> {
  const names = [essential, ...rootPackages(root)];
  return resolveNames(host, { suite: root.suite, architecture, installed: null }, names);
}

/** The same for Debian packages by name, beside those that `installed` has: the text of dpkg's list of packages. */
export async function resolveNames(
  host: DebianHost,
  wanted: { readonly suite: string; readonly architecture: string; readonly installed: string | null },
  names: readonly string[],
): Promise<Result<readonly DebianPackage[]>> {
  const mirrors = await findMirrors(host, wanted.suite);
  if (!mirrors.ok) return mirrors;
  host.onProgress({ kind: 'step', text: `Resolving the packages of Debian ${wanted.suite}` });
  const apt = await makeAptState(host, wanted, mirrors.value);
  if (!apt.ok) return apt;
  try {
    return await askApt(apt.value, names, mirrors.value);
  } finally {
    await apt.value.remove();
  }
}

async function askApt(
  apt: AptState,
  names: readonly string[],
  mirrors: readonly DebianMirror[],
): Promise<Result<readonly DebianPackage[]>> {
  const update = await apt.update();
  if (update.status !== 0) return failure(explainFailure("Debian's package lists could not be fetched", update.stderr));
  const printed = await apt.run(['install', '--quiet', '--yes', '--print-uris', '--no-remove', ...names]);
  if (printed.status !== 0) {
    const missing = /Unable to locate package ([a-z0-9][a-z0-9+.-]*)|Package '?([a-z0-9][a-z0-9+.-]*)'? has no/.exec(
      printed.stderr,
    );
    const name = missing?.[1] ?? missing?.[2];
    if (name !== undefined) return failure(noPackage(name));
    if (printed.stderr.includes('remove is disabled')) return failure(wouldRemove(printed.stdout));
    const unmet = /^ (\S+ : (?:Conflicts|Breaks|Depends): .{1,200})/m.exec(`${printed.stdout}\n${printed.stderr}`)?.[1];
    if (unmet !== undefined) return failure(conflict(unmet));
    return failure(explainFailure('apt cannot resolve the packages of the environment', printed.stderr));
  }
  return parsePrintedUris(printed.stdout, mirrors);
}

function conflict(unmet: string): Problem {
  return {
    code: 'environment',
    what: excludeEachOther,
    why: printable(unmet, 240),
    fix: 'Leave one of them out: `cargo-boxed layers` shows what there is and why.',
  };
}

function wouldRemove(said: string): Problem {
  const removed = /^The following packages will be REMOVED:\n((?: .*\n)+)/m.exec(said)?.[1] ?? '';
  return {
    code: 'environment',
    what: excludeWhatIsThere,
    why: printable(`they would remove ${removed.trim().split(/\s+/).join(', ')}`, 240),
    fix: 'Leave one of them out: `cargo-boxed layers` shows what there is and why.',
  };
}

function noPackage(name: string): Problem {
  return {
    code: 'environment',
    what: `Debian has no package \`${printable(name, 100)}\` for this environment`,
    why: 'neither the suite nor its updates have it',
    fix: 'Look for its name with `cargo-boxed layers search WORD`, or try another `suite`.',
  };
}

/** Lines of `apt-get --print-uris`: `'uri' name_version_arch.deb size SHA256:sum`. */
export function parsePrintedUris(text: string, mirrors: readonly DebianMirror[]): Result<readonly DebianPackage[]> {
  const packages: DebianPackage[] = [];
  for (const line of text.split('\n').filter((candidate) => candidate.startsWith("'"))) {
    const match = /^'([^']+)' ([^_\s]+)_([^_\s]+)_([a-z0-9-]+)\.deb (\d+) SHA256:([0-9a-f]{64})$/.exec(line.trim());
    const [, uri = '', name = '', version = '', architecture = '', size = '', sha256 = ''] = match ?? [];
    const mirror = mirrors.find((candidate) => uri.startsWith(`${candidate.uri}/`));
    const path = mirror === undefined ? null : decode(uri.slice(mirror.uri.length + 1));
    const decodedVersion = decode(version);
    if (mirror === undefined || path === null || decodedVersion === null) {
      return failure({
        code: 'environment',
        what: 'apt named a package in a way that is not understood',
        why: printable(line),
        fix: 'Report this line.',
      });
    }
    const { archive } = mirror;
    packages.push({ name, version: decodedVersion, architecture, archive, path, sizeBytes: Number(size), sha256 });
  }
  packages.sort((left, right) => (left.name < right.name ? -1 : 1));
  return success(packages);
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
