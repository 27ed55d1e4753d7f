import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { failure, type Result, success } from '../base/result.ts';
import type { ExtraCrate } from '../lock/pins.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { checkRecorded } from './check-recorded.ts';
import { explainFailure } from './explain-failure.ts';
import type { BeyondLock } from './fetch-inputs.ts';
import { type FetchSession, runInSession, skeletonLock } from './fetch-session.ts';
import { type LockedCrate, lockPackages } from './lock-packages.ts';
import { type Preference, type PreferredCrate, preferRecorded } from './prefer-recorded.ts';
import { type RegistryPackage, registryPackages } from './read-metadata.ts';

/**
 * Finds the crates that a command line's features bring in beyond Cargo.lock: cargo resolves and downloads them, and says
 * by a lock which sum each has at its own registry. Versions that were recorded win over newer ones, as those of a lock do,
 * as long as they fit. With `--pinned` each has to be recorded with the same version and sum.
 */
export async function resolveExtraCrates(
  session: FetchSession,
  beyond: BeyondLock,
  locked: readonly LockedCrate[],
): Promise<Result<readonly ExtraCrate[]>> {
  const found = await findPackages(session, beyond, locked);
  if (!found.ok) return found;
  const known = new Set(locked.map(keyOf));
  const wanted = found.value.filter((crate) => !known.has(keyOf(crate)));
  const sums = wanted.length === 0 ? success(new Map<string, string>()) : await sumsOf(session, wanted, locked);
  if (!sums.ok) return sums;
  const unsummed = wanted.filter((crate) => !sums.value.has(keyOf(crate)));
  if (unsummed.length > 0) return failure(...unsummed.map(notFound));
  const extra: ExtraCrate[] = wanted.map((crate) => ({ ...crate, checksum: sums.value.get(keyOf(crate)) ?? '' }));
  extra.sort((left, right) => (canonicalJson(left) < canonicalJson(right) ? -1 : 1));
  return checkRecorded(extra, beyond);
}

const keyOf = ({ name, version, source }: RegistryPackage) => canonicalJson([name, version, source]);

/**
 * The sums of crates as the index of their own registry has them. Not those of archives that are there under their
 * names: the archives of all projects lie together, and another registry may have a crate that is called the same.
 */
async function sumsOf(
  session: FetchSession,
  wanted: readonly RegistryPackage[],
  locked: readonly LockedCrate[],
): Promise<Result<ReadonlyMap<string, string>>> {
  const written = await withPreference(session, locked, wanted, async () => {
    const end = await runMetadata(session, [], 'hidden');
    if (!end.ok) return end;
    if (end.value.status === 0) return skeletonLock(session);
    return failure(explainFailure(end.value.said, 'what the features need', session.withheldTokens));
  });
  if (!written.ok) return written;
  const packages = lockPackages(written.value ?? '');
  return packages.ok ? success(new Map(packages.value.crates.map((crate) => [keyOf(crate), crate.sha256]))) : packages;
}

async function findPackages(
  session: FetchSession,
  beyond: BeyondLock,
  locked: readonly LockedCrate[],
): Promise<Result<readonly RegistryPackage[]>> {
  const features = beyond.features.map(({ text }) => text).join(',');
  const preferred = await findPreferred(session, beyond, locked, features);
  if (!preferred.ok || preferred.value !== null) return preferred as Result<readonly RegistryPackage[]>;
  const end = await runMetadata(session, ['--locked', '--features', features], 'shown');
  if (!end.ok) return end;
  if (end.value.status === 0) return success(registryPackages(end.value.output));
  return failure(explainFailure(end.value.said, `what ${features} needs`, session.withheldTokens));
}

/** What cargo resolves to with the recorded crates in its lock; `null` when there are none or they no longer fit. */
async function findPreferred(
  session: FetchSession,
  { recorded }: BeyondLock,
  locked: readonly LockedCrate[],
  features: string,
): Promise<Result<readonly RegistryPackage[] | null>> {
  return withPreference(session, locked, recorded, async () => {
    const end = await runMetadata(session, ['--features', features], 'hidden');
    if (!end.ok) return end;
    return success(end.value.status === 0 ? registryPackages(end.value.output) : null);
  });
}

/** Does something while the skeleton wants these crates too; `null` when there are none that it can want. */
async function withPreference<T>(
  session: FetchSession,
  locked: readonly LockedCrate[],
  crates: readonly PreferredCrate[],
  use: () => Promise<Result<T>>,
): Promise<Result<T | null>> {
  const { project, host } = session.inputs.facts;
  const lock = skeletonLock(session);
  if (!lock.ok) return lock;
  const preference = preferRecorded(project, host.variables, lock.value ?? '', locked, crates);
  if (preference === null) return success(null);
  const files = preferredFiles(session, preference);
  const before = files.map(([file]) => [file, readFileSync(file)] as const);
  try {
    for (const [file, text] of files) writeFileSync(file, text);
    return await use();
  } finally {
    for (const [file, text] of before) writeFileSync(file, text);
  }
}

function preferredFiles({ skeleton, inputs }: FetchSession, { manifest, manifestText, lockText }: Preference) {
  const { workspace } = inputs.facts.project;
  return [
    [join(skeleton, manifest), manifestText],
    [join(skeleton, workspace, 'Cargo.lock'), lockText],
  ] as const;
}

function runMetadata(session: FetchSession, words: readonly string[], shown: 'shown' | 'hidden') {
  const folder = session.inputs.facts.project.current;
  return runInSession(session, { arguments: ['metadata', '--format-version', '1', ...words], folder, shown });
}

function notFound({ name, version }: { readonly name: string; readonly version: string }): Problem {
  return { code: 'fetch-failed', what: `${printable(`${name} ${version}`, 80)} was not fetched` };
}
