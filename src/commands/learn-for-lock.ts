import { type Result, success } from '../base/result.ts';
import type { Outcome } from '../engine/engine.ts';
import type { CargoCommand } from '../invocation/invocation.ts';
import { joinLearned } from '../lock/learned-additions.ts';
import type { Learned } from '../lock/pins.ts';
import { keptPins } from '../lock/read-pins.ts';
import { writeOwnPins } from '../lock/write-pins.ts';
import type { Gathered } from './gather.ts';
import { learnLayers } from './learn-layers.ts';
import type { Session } from './session.ts';
import { projectPinsFile } from './settle-pins.ts';

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
  if (config.infer.value === 'off') return success({ learned: before, ended: null });
  const file = projectPinsFile(session, facts.project);
  const kept = keptPins(file);
  if (before.length > 0) {
    const written = writeOwnPins(file, { ...kept, learned: joinLearned(kept.learned ?? [], before) });
    if (!written.ok) return written;
  }
  const end = await learnLayers(session, { command: everything, manifestPath: null, pins: 'own' });
  if (!end.ok) {
    const [problem] = end.problems;
    session.reporter.note(`Nothing could be built to see which layers it needs: ${problem?.what ?? ''}`);
  }
  const ended = end.ok && typeof end.value !== 'string' ? end.value : null;
  return success({ learned: keptPins(file).learned ?? [], ended });
}
