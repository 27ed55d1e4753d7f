import { join } from 'node:path';
import { type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import type { ProjectFacts } from '../../facts/facts.ts';
import { projectKey } from '../../host/project-key.ts';
import { learnedSuite } from '../../lock/learned-additions.ts';
import { lockFileName } from '../../lock/lock-file-name.ts';
import type { Learned } from '../../lock/pins.ts';
import { keptPins, readPins } from '../../lock/read-pins.ts';
import { writeOwnPins } from '../../lock/write-pins.ts';
import type { Session } from '../session.ts';

/** `own`: as if the project had no lock, which is about to be written anew. */
export type PinsOf = 'project' | 'own';

/** What builds of a project turned out to need: as its lock says, or without one as the pins outside of it do. */
export function pinnedLearned(session: Session, project: ProjectFacts): Result<readonly Learned[]> {
  const written = readPins(projectLockFile(project));
  if (!written.ok) return written;
  if (written.value !== null) return success(written.value.learned ?? []);
  const own = readPins(projectPinsFile(session, project));
  return success((own.ok ? own.value?.learned : undefined) ?? []);
}

/** What of that still counts: what a build turned out to need does not where only what is certain is to come. */
export function keptLearned(infer: Config['infer']['value'], learned: readonly Learned[]): readonly Learned[] {
  if (infer === 'off') return [];
  return infer === 'learn' ? learned : learned.filter(({ told }) => told !== undefined);
}

/** The suite in which it turned out that it can be built, by the same pins as hold; what is broken says nothing here. */
export function pinnedSuite(
  session: Session,
  project: ProjectFacts,
  infer: Config['infer']['value'],
  from: PinsOf,
): Learned | null {
  const written = from === 'project' ? readPins(projectLockFile(project)) : success(null);
  if (written.ok && written.value !== null) return learnedSuite(written.value.learned ?? []);
  const own = readPins(projectPinsFile(session, project));
  return own.ok ? learnedSuite(keptLearned(infer, own.value?.learned ?? [])) : null;
}

export function projectLockFile({ mountRoot, workspace }: Pick<ProjectFacts, 'mountRoot' | 'workspace'>): string {
  return join(mountRoot, workspace, lockFileName);
}

/** Keeps what was learned among them, and all else as it is. */
export function writeLearned(session: Session, project: ProjectFacts, learned: readonly Learned[]): Result<void> {
  const file = projectPinsFile(session, project);
  return writeOwnPins(file, { ...keptPins(file), learned });
}

/** The pins that are a project's own and kept outside of it. */
export function projectPinsFile(session: Session, { mountRoot, workspace }: ProjectFacts): string {
  return join(session.locations.data, 'projects', projectKey(mountRoot, workspace), lockFileName);
}
