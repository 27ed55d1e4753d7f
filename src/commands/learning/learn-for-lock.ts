import { type Result, success } from '../../base/result.ts';
import type { Outcome } from '../../engine/engine.ts';
import type { CargoCommand } from '../../invocation/invocation.ts';
import { joinLearned } from '../../lock/learned-additions.ts';
import type { Learned } from '../../lock/pins.ts';
import { keptPins } from '../../lock/read-pins.ts';
import { type Gathered, gather } from '../pipeline/gather.ts';
import { planCargo } from '../pipeline/plan-cargo.ts';
import { keptLearned, projectPinsFile, writeLearned } from '../pipeline/project-pins.ts';
import type { Session } from '../session.ts';
import { inferFirst } from './infer-first.ts';
import { learnLayers } from './learn-layers.ts';

/** A lock is for everything that can be built of a project. */
const everything: CargoCommand = {
  kind: 'cargo',
  name: 'build',
  arguments: ['--workspace', '--all-targets', '--keep-going'],
  globalArguments: [],
};

export interface LearnedForLock {
  readonly learned: readonly Learned[];
  /** How a box ended that did not come to its end; nothing is to be written then. */
  readonly ended: Outcome | null;
}

/**
 * What a lock says of layers that nobody has named: what the lock before and earlier builds have learned, and what a
 * build of everything still lacks. Where nothing can be built now, the lock is written without that, which is said.
 */
export async function learnForLock(
  session: Session,
  { config, facts }: Gathered,
  before: readonly Learned[],
): Promise<Result<LearnedForLock>> {
  const infer = config.infer.value;
  // A lock has no layer that its root is without.
  if (infer === 'off') return success({ learned: [], ended: null });
  const file = projectPinsFile(session, facts.project);
  if (before.length > 0) {
    const written = writeLearned(session, facts.project, joinLearned(keptPins(file).learned ?? [], before));
    if (!written.ok) return written;
  }
  const end = await learnFrom(session, infer);
  if (!end.ok) {
    const [problem] = end.problems;
    session.reporter.note(`Nothing could be built to see which layers it needs: ${problem?.what ?? ''}`);
  }
  return success({
    learned: keptLearned(infer, keptPins(file).learned ?? []),
    ended: end.ok ? end.value : null,
  });
}

/** First what is certain, then what a build shows. An outcome: how a box ended that did not come to its end. */
async function learnFrom(session: Session, infer: 'learn' | 'certain'): Promise<Result<Outcome | null>> {
  const inferred = await inferForLock(session, 'first');
  if (!inferred.ok || inferred.value !== null || infer === 'certain') return inferred;
  const end = await learnLayers(session, { command: everything, manifestPath: null, pins: 'own' });
  if (!end.ok) return end;
  return success(typeof end.value.end === 'string' ? null : end.value.end);
}

async function inferForLock(session: Session, attempt: 'first' | 'settled'): Promise<Result<Outcome | null>> {
  const gathered = await gather(session, { manifestPath: null, project: 'needed', pins: 'own' });
  if (!gathered.ok) return gathered;
  const planned = await planCargo(session, gathered.value, everything, { pins: 'own' });
  if (!planned.ok) return planned;
  const end = await inferFirst(session, planned.value, everything, 'own');
  if (!end.ok) return end;
  if (end.value === 'lock-written' && attempt === 'first') return inferForLock(session, 'settled');
  return success(typeof end.value === 'string' ? null : end.value);
}
