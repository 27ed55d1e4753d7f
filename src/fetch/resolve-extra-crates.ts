import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { canonicalJson } from '../base/canonical-json.ts';
import { failure, type Result, success } from '../base/result.ts';
import type { ExtraCrate } from '../lock/pins.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { explainFailure } from './explain-failure.ts';
import type { BeyondLock } from './fetch-inputs.ts';
import { type FetchSession, runInSession } from './fetch-session.ts';
import { findArchive } from './index-folders.ts';
import type { LockedCrate } from './lock-packages.ts';

/**
 * Finds the crates that a command line's features bring in beyond Cargo.lock: cargo resolves and downloads them, we sum
 * them. With `--pinned` each has to be recorded with the same version and sum: nothing else checks these crates.
 */
export async function resolveExtraCrates(
  session: FetchSession,
  beyond: BeyondLock,
  locked: readonly LockedCrate[],
): Promise<Result<readonly ExtraCrate[]>> {
  const features = beyond.features.map(({ text }) => text).join(',');
  const end = await runInSession(session, {
    arguments: ['metadata', '--locked', '--format-version', '1', '--features', features],
    folder: session.inputs.facts.project.current,
    shown: 'shown',
  });
  if (!end.ok) return end;
  if (end.value.status !== 0)
    return failure(explainFailure(end.value.said, `what ${features} needs`, session.withheldTokens));
  const known = new Set(locked.map(({ name, version, source }) => canonicalJson([name, version, source])));
  const extra: ExtraCrate[] = [];
  for (const found of registryPackages(end.value.output)) {
    if (known.has(canonicalJson([found.name, found.version, found.source]))) continue;
    const archive = findArchive(session.folders.fetchHome, undefined, `${found.name}-${found.version}.crate`);
    if (archive === null) return failure(notFound(found));
    extra.push({ ...found, checksum: createHash('sha256').update(readFileSync(archive)).digest('hex') });
  }
  extra.sort((left, right) => (canonicalJson(left) < canonicalJson(right) ? -1 : 1));
  return checkRecorded(extra, beyond);
}

function registryPackages(output: string): readonly Omit<ExtraCrate, 'checksum'>[] {
  const metadata: { readonly packages?: unknown } = JSON.parse(output);
  const packages = Array.isArray(metadata.packages) ? metadata.packages : [];
  return packages.flatMap((item: Record<string, unknown>) => {
    const { name, version, source } = item;
    if (typeof name !== 'string' || typeof version !== 'string' || typeof source !== 'string') return [];
    return /^(registry|sparse)\+/.test(source) ? [{ name, version, source }] : [];
  });
}

/** A recorded version never changes its bytes; with `--pinned` nothing is used that is not recorded. */
export function checkRecorded(extra: readonly ExtraCrate[], beyond: BeyondLock): Result<readonly ExtraCrate[]> {
  const key = ({ name, version, source }: ExtraCrate) => canonicalJson([name, version, source]);
  const recorded = new Map(beyond.recorded.map((crate) => [key(crate), crate.checksum]));
  const changed = extra.filter((crate) => (recorded.get(key(crate)) ?? crate.checksum) !== crate.checksum);
  if (changed.length > 0) return failure(...changed.map(changedSum));
  const missing = extra.filter((crate) => !recorded.has(key(crate)));
  if (missing.length === 0 || !beyond.pinned) return success(extra);
  return failure({
    code: 'lock-outdated',
    what: `${beyond.features.map(({ text }) => printable(text, 60)).join(', ')} brings crates that no lock names`,
    why: missing.map(({ name, version }) => printable(`${name} ${version}`, 80)).join(', '),
    fix: 'Run the command once without --pinned to record them, or list the feature among the features of a member.',
  });
}

function changedSum({ name, version }: ExtraCrate): Problem {
  return {
    code: 'checksum-mismatch',
    what: `${printable(`${name} ${version}`, 80)} is not the crate that cargo-boxed.lock records`,
    where: { file: 'cargo-boxed.lock' },
    why: 'its sha256 differs',
    fix: 'Find out why the registry gives other bytes for a version that was published before.',
  };
}

function notFound({ name, version }: { readonly name: string; readonly version: string }): Problem {
  return { code: 'fetch-failed', what: `${printable(`${name} ${version}`, 80)} was not fetched` };
}
