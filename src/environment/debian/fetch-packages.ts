import { existsSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { makeNotedFolder } from '../../host/noted-path.ts';
import type { DebianPackage } from '../../lock/pins.ts';
import { saysFull } from '../../problem/full-disk.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import { runApt } from './apt-program.ts';
import { hasDeb, makeDebFolder, takeDeb } from './deb-cache.ts';
import { type DebianHost, toolVariables } from './debian-host.ts';
import { findMirrors } from './find-mirrors.ts';
import { explainFailure } from './mmdebstrap-problems.ts';
import { encodePath, findSnapshotMirror, snapshotUri } from './snapshot-mirror.ts';

/** On a full disk files are cut, and a cut file has another sum: that says nothing about the mirror. */
const notKept = 'the Debian packages could not be kept';

interface Attempt {
  readonly missing: readonly DebianPackage[];
  readonly wrongSum: readonly DebianPackage[];
  readonly stderr: string;
}

/**
 * Brings every pinned package into the cache, from the mirror or, when it has left that, from a snapshot mirror. What is
 * there already costs nothing. A file is only taken when it has the pinned sum, wherever it came from.
 */
export async function fetchDebianPackages(
  host: DebianHost,
  pins: { readonly suite: string; readonly snapshot: string; readonly packages: readonly DebianPackage[] },
): Promise<Result<null>> {
  const wanted = pins.packages.filter((pinned) => !hasDeb(host, pinned.sha256));
  if (wanted.length === 0) return success(null);
  const folder = makeDebFolder(host);
  if (!folder.ok) return folder;
  const mirrors = await findMirrors(host, pins.suite);
  if (!mirrors.ok) return mirrors;
  const fromMirror = await download(host, wanted, (pinned) => {
    const mirror = mirrors.value.find((candidate) => candidate.archive === pinned.archive);
    return mirror === undefined ? null : `${mirror.uri}/${encodePath(pinned.path)}`;
  });
  if (!fromMirror.ok) return fromMirror;
  const left = [...fromMirror.value.missing, ...fromMirror.value.wrongSum];
  if (left.length === 0) return success(null);
  if (saysFull(fromMirror.value.stderr)) return failure(explainFailure(notKept, fromMirror.value.stderr));
  const snapshot = await findSnapshotMirror(host);
  if (snapshot === null) return failure(...explainLeft(fromMirror.value, 'no snapshot mirror is configured'));
  host.onProgress({ kind: 'step', text: `Looking for ${left.length} older packages at the snapshot mirror` });
  const fromSnapshot = await download(host, left, (pinned) =>
    snapshotUri(snapshot, pinned, pinned.snapshot ?? pins.snapshot),
  );
  if (!fromSnapshot.ok) return fromSnapshot;
  if (saysFull(fromSnapshot.value.stderr)) return failure(explainFailure(notKept, fromSnapshot.value.stderr));
  const problems = explainLeft(fromSnapshot.value, 'the snapshot mirror does not have it either');
  return problems.length === 0 ? success(null) : failure(...problems);
}

/** apt's own helper downloads: it knows the host's proxies and certificates. */
async function download(
  host: DebianHost,
  packages: readonly DebianPackage[],
  uriOf: (pinned: DebianPackage) => string | null,
): Promise<Result<Attempt>> {
  const debs = makeDebFolder(host);
  if (!debs.ok) return debs;
  const { path: folder, forget } = makeNotedFolder(host.locations.state, join(debs.value, '.new-'));
  const fileOf = (pinned: DebianPackage) => join(folder, `${pinned.sha256}.deb`);
  const reachable = packages.flatMap((pinned) => {
    const uri = uriOf(pinned);
    return uri === null ? [] : [uri, fileOf(pinned), `SHA256:${pinned.sha256}`];
  });
  const stopWatching = watchProgress(host, packages, fileOf);
  try {
    const words = ['-o', 'APT::Sandbox::User=', '-o', 'Acquire::Retries=3', 'download-file', ...reachable];
    const ended = await runApt(host, 'apt-helper', words, { variables: toolVariables(host), folders: [folder] });
    if (ended === null)
      return failure({ code: 'environment', what: 'apt is not installed', fix: 'Run: sudo apt-get install apt' });
    return success({ ...(await takeAll(host, packages, fileOf)), stderr: ended.stderr });
  } finally {
    stopWatching();
    await rm(folder, { recursive: true, force: true });
    forget();
  }
}

async function takeAll(
  host: DebianHost,
  packages: readonly DebianPackage[],
  fileOf: (pinned: DebianPackage) => string,
) {
  const missing: DebianPackage[] = [];
  const wrongSum: DebianPackage[] = [];
  for (const pinned of packages) {
    const file = fileOf(pinned);
    if (existsSync(file)) {
      if ((await takeDeb(host, file, pinned.sha256)) === 'wrong-sum') wrongSum.push(pinned);
    } else if (existsSync(`${file}.FAILED`)) wrongSum.push(pinned);
    else missing.push(pinned);
  }
  return { missing, wrongSum };
}

function watchProgress(
  host: DebianHost,
  packages: readonly DebianPackage[],
  fileOf: (pinned: DebianPackage) => string,
) {
  const total = packages.reduce((sum, pinned) => sum + pinned.sizeBytes, 0);
  const text = `Downloading ${packages.length} Debian packages (${Math.ceil(total / 1e6)} MB)`;
  host.onProgress({ kind: 'step', text, fraction: 0 });
  const timer = setInterval(() => {
    const here = packages.reduce((sum, pinned) => sum + sizeOf(fileOf(pinned)), 0);
    host.onProgress({ kind: 'step', text, fraction: Math.min(1, here / Math.max(1, total)) });
  }, 250);
  return () => clearInterval(timer);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function explainLeft(attempt: Attempt, why: string): readonly Problem[] {
  const wrong = attempt.wrongSum.map(
    (pinned): Problem => ({
      code: 'checksum-mismatch',
      what: `the package ${name(pinned)} does not have the sum that is pinned`,
      why: `expected sha256 ${pinned.sha256}`,
      fix: 'Use another mirror, or run `cargo-boxed lock` to pin what the mirror has now.',
    }),
  );
  if (attempt.missing.length === 0) return wrong;
  const first = attempt.missing.slice(0, 5).map(name).join(', ');
  const rest = attempt.missing.length > 5 ? ` and ${attempt.missing.length - 5} more` : '';
  const what = `pinned packages could not be fetched: ${first}${rest}`;
  if (!/404|Not Found/i.test(attempt.stderr)) return [...wrong, explainFailure(what, attempt.stderr)];
  return [
    ...wrong,
    {
      code: 'fetch-failed',
      what,
      why: `the mirror no longer has them, and ${why}`,
      fix: 'Set `snapshot-mirror` in the user configuration, or run `cargo-boxed lock` to pin what the mirror has now.',
    },
  ];
}

function name(pinned: DebianPackage): string {
  return printable(`${pinned.name} ${pinned.version}`, 80);
}
