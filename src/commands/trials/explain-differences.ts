import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Result, success } from '../../base/result.ts';
import { readIntermediate, sumIntermediates } from '../../customs/sum-intermediates.ts';
import { type GraphPackage, lockPackages } from '../../fetch/lock-packages.ts';
import type { Variation } from '../../plan/variations.ts';
import { differing } from '../../verify/compare-sums.ts';
import { type DifferingPart, differingParts } from '../../verify/differing-parts.ts';
import { findEvidence, type Side } from '../../verify/find-evidence.ts';
import { type Origin, originsOf, originsWithin } from '../../verify/name-crates.ts';
import type { Cause, Difference } from '../../verify/verification.ts';
import type { Planned } from '../pipeline/make-plan.ts';
import type { Session } from '../session.ts';
import type { TrialRun } from './run-trial.ts';

/** Builds that can still be made; `null`: it failed. */
export interface Trials {
  build(name: string, varies: readonly Variation[], said: string): Promise<Result<TrialRun | null>>;
}

/** Larger files are compared as a whole and not looked into. */
const mostBytes = 1024 ** 3;
/** Files of one crate that are looked into. */
const filesOfCrate = 40;

/**
 * What differs between two builds, where it begins, and why: by what the bytes themselves say, by a second run of the
 * same box, and by builds in which only one thing is varied, as far as the bytes leave something to be explained.
 */
export async function explainDifferences(
  session: Session,
  trials: Trials,
  first: TrialRun,
  second: TrialRun,
  possible: readonly Variation[],
): Promise<Result<readonly Difference[]>> {
  session.reporter.step('Comparing what was made on the way');
  const differences = await lookInto(first, second);
  const again = await trials.build('again', [], 'Building in the first box once more: is it the same again?');
  if (!again.ok) return again;
  if (again.value === null) return success(withoutCauses(session, differences));
  const unstable = new Set(differing(first.sums, again.value.sums));
  const stable = differences.filter(({ artifact }) => !unstable.has(artifact));
  const searched =
    stable.length === 0 ? success(new Map<string, readonly Cause[]>()) : await search(trials, first, stable, possible);
  if (!searched.ok) return searched;
  if (searched.value.size > 0) {
    // What differs by chance now and then may have done so in a build that varied something.
    const last = await trials.build('last', [], 'Building in the first box for the last time: is it still the same?');
    if (!last.ok) return last;
    if (last.value === null) return success(withoutCauses(session, differences));
    for (const path of differing(first.sums, last.value.sums)) unstable.add(path);
  }
  return success(
    differences.map((difference) => {
      const ofSearch = unstable.has(difference.artifact) ? [] : (searched.value.get(difference.artifact) ?? []);
      const found = [...difference.causes, ...ofSearch];
      const causes = unstable.has(difference.artifact) ? withRandomness(found) : found;
      return { ...difference, causes: causes.length === 0 ? [unknown] : causes };
    }),
  );
}

const unknown: Cause = { cause: 'unknown', evidence: { kind: 'none' } };

/** A build that fails now and then tells nothing by what it makes. */
function withoutCauses(session: Session, differences: readonly Difference[]): readonly Difference[] {
  session.reporter.note('The same build in the same box failed when it was made again, so no cause can be told');
  return differences.map((difference) => ({ ...difference, causes: [unknown] }));
}

/** A time in it changes by itself from run to run; without one it is chance: an order of hashes, numbers drawn, threads. */
function withRandomness(found: readonly Cause[]): readonly Cause[] {
  if (found.some(({ cause }) => cause === 'clock')) return found;
  return [...found, { cause: 'randomness', evidence: { kind: 'same-box-twice' } }];
}

/**
 * Varies all that the bytes have not named; where that still makes a difference, one after the other. Gives what was
 * found of each artifact.
 */
async function search(
  trials: Trials,
  first: TrialRun,
  stable: readonly Difference[],
  possible: readonly Variation[],
): Promise<Result<ReadonlyMap<string, readonly Cause[]>>> {
  const named = new Set<string>(stable.flatMap(({ causes }) => causes.map(({ cause }) => cause)));
  const rest = possible.filter((name) => !named.has(name));
  const found = new Map<string, readonly Cause[]>();
  const wanted = new Set(stable.map(({ artifact }) => artifact));
  let left = wanted;
  if (named.size > 0) {
    const said = `Building with all varied but ${[...named].join(', ')}: is there anything else?`;
    const others = await trials.build('others', rest, said);
    if (!others.ok) return others;
    const still = others.value === null ? [] : differing(first.sums, others.value.sums);
    left = new Set(still.filter((path) => wanted.has(path)));
  }
  if (left.size === 0) return success(found);
  for (const [index, name] of rest.entries()) {
    const said = `Building with nothing varied but ${name} (${index + 1} of ${rest.length})`;
    const alone = await trials.build(`only-${name}`, [name], said);
    if (!alone.ok) return alone;
    if (alone.value === null) continue;
    const cause: Cause = { cause: name, evidence: { kind: 'only-this-varied' } };
    for (const path of differing(first.sums, alone.value.sums)) {
      if (left.has(path)) found.set(path, [...(found.get(path) ?? []), cause]);
    }
  }
  return success(found);
}

/** Each difference with its parts, the crates that it begins in, and what the bytes of both say of its causes. */
async function lookInto(first: TrialRun, second: TrialRun): Promise<readonly Difference[]> {
  const before = await sumIntermediates(first.target);
  const after = await sumIntermediates(second.target);
  const graph = graphOf(first.planned);
  const { notes } = before;
  const origins = originsOf({ differing: differing(before.sums, after.sums), notes, graph });
  const sides = [first.side, second.side] as const;
  const ofCrate = new Map(origins.map((origin) => [origin.crate, causesOfCrate(origin, first, second)]));
  return differing(first.sums, second.sums).map((artifact): Difference => {
    const parts = partsOf(readResult(first, artifact), readResult(second, artifact));
    const within = originsWithin(artifact, origins, { notes, graph });
    const causes = parts.flatMap((part) => evidenceOf(part, sides, part.name));
    return {
      artifact,
      parts: parts.map(({ name, at, sizes }) => ({ name, at, sizes })),
      crates: within.map(({ crate, by }) => ({ crate, by })),
      causes: once([...causes, ...within.flatMap(({ crate }) => ofCrate.get(crate) ?? [])]),
    };
  });
}

function graphOf({ facts }: Planned): readonly GraphPackage[] {
  const { lockfile } = facts.project;
  const packages = lockfile.state === 'present' ? lockPackages(lockfile.text) : null;
  return packages?.ok ? packages.value.graph : [];
}

/** Of what a build script has written and the compiler made of it. What a script has told cargo names paths anyway. */
function causesOfCrate({ files }: Origin, first: TrialRun, second: TrialRun): readonly Cause[] {
  const sides = [first.side, second.side] as const;
  const telling = files.filter((path) => !path.endsWith('/output')).slice(0, filesOfCrate);
  return telling.flatMap((path) => {
    const parts = partsOf(readIntermediate(first.target, path), readIntermediate(second.target, path));
    return parts.flatMap((part) => evidenceOf(part, sides, path));
  });
}

function readResult({ folder }: TrialRun, artifact: string): Buffer | null {
  const file = join(folder, artifact);
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined || stat.size > mostBytes ? null : readFileSync(file);
}

function partsOf(left: Buffer | null, right: Buffer | null): readonly DifferingPart[] {
  return left === null || right === null ? [] : differingParts(left, right);
}

function evidenceOf(part: DifferingPart, [left, right]: readonly [Side, Side], place: string): readonly Cause[] {
  return findEvidence(part, left, right).map(({ cause, found }) => ({
    cause,
    evidence: { kind: 'bytes', found, in: place },
  }));
}

/** Each cause with the first that speaks for it. */
function once(causes: readonly Cause[]): readonly Cause[] {
  return causes.filter(({ cause }, index) => causes.findIndex((other) => other.cause === cause) === index);
}
