import { failure, type Result } from '../../base/result.ts';
import type { ProjectFacts } from '../../facts/facts.ts';
import type { Learned } from '../../lock/pins.ts';
import type { Problem } from '../../problem/problem.ts';
import { writeLearned } from '../pipeline/project-pins.ts';
import type { Session } from '../session.ts';

/**
 * The pins as they were before something that cannot be had: without a network, or of what excludes each other, nothing
 * would build again. It is said, and no reason to end, unless somebody wants to.
 */
export function takeBack(
  session: Session,
  project: ProjectFacts,
  learned: readonly Learned[],
  problems: readonly Problem[],
): Result<void> {
  const written = writeLearned(session, project, learned);
  if (!written.ok) return written;
  if (session.interruption.signal.aborted) return failure(...problems);
  session.reporter.problems(problems);
  return written;
}
