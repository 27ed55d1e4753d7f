import { createHash } from 'node:crypto';
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
import { findArchive } from './index-folders.ts';
import type { LockedCrate } from './lock-packages.ts';
import { preferRecorded } from './prefer-recorded.ts';
import { type RegistryPackage, registryPackages } from './read-metadata.ts';

/**
 * Finds the crates that a command line's features bring in beyond Cargo.lock: cargo resolves and downloads them, we sum
 * them. Versions that were recorded win over newer ones, as those of a lock do, as long as they fit. With `--pinned` each
 * has to be recorded with the same version and sum: nothing else checks these crates.
 */
export async function resolveExtraCrates(
  session: FetchSession,
  beyond: BeyondLock,
  locked: readonly LockedCrate[],
): Promise<Result<readonly ExtraCrate[]>> {
  const found = await findPackages(session, beyond, locked);
  if (!found.ok) return found;
  const known = new Set(locked.map(({ name, version, source }) => canonicalJson([name, version, source])));
  const extra: ExtraCrate[] = [];
  for (const crate of found.value) {
    if (known.has(canonicalJson([crate.name, crate.version, crate.source]))) continue;
    const archive = findArchive(session.folders.fetchHome, undefined, `${crate.name}-${crate.version}.crate`);
    if (archive === null) return failure(notFound(crate));
    extra.push({ ...crate, checksum: createHash('sha256').update(readFileSync(archive)).digest('hex') });
  }
  extra.sort((left, right) => (canonicalJson(left) < canonicalJson(right) ? -1 : 1));
  return checkRecorded(extra, beyond);
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
  const { project, host } = session.inputs.facts;
  const lock = skeletonLock(session);
  if (!lock.ok) return lock;
  const preference = preferRecorded(project, host.variables, lock.value ?? '', locked, recorded);
  if (preference === null) return success(null);
  const files = [
    [join(session.skeleton, preference.manifest), preference.manifestText],
    [join(session.skeleton, project.workspace, 'Cargo.lock'), preference.lockText],
  ] as const;
  const before = files.map(([file]) => [file, readFileSync(file)] as const);
  try {
    for (const [file, text] of files) writeFileSync(file, text);
    const end = await runMetadata(session, ['--features', features], 'hidden');
    if (!end.ok) return end;
    return success(end.value.status === 0 ? registryPackages(end.value.output) : null);
  } finally {
    for (const [file, text] of before) writeFileSync(file, text);
  }
}

function runMetadata(session: FetchSession, words: readonly string[], shown: 'shown' | 'hidden') {
  const folder = session.inputs.facts.project.current;
  return runInSession(session, { arguments: ['metadata', '--format-version', '1', ...words], folder, shown });
}

function notFound({ name, version }: { readonly name: string; readonly version: string }): Problem {
  return { code: 'fetch-failed', what: `${printable(`${name} ${version}`, 80)} was not fetched` };
}
