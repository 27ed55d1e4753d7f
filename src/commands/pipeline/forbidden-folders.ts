import { findLinkBound } from '../../facts/find-mount-root.ts';
import type { Session } from '../session.ts';

/**
 * Where no program of the host is taken from: the project, and what lies around the caller, since a command without a
 * project is started in a foreign checkout too.
 */
export function forbiddenFolders(session: Session, mountRoot: string | null): readonly string[] {
  const around = [session.directory, findLinkBound(session.directory, session.homeDirectory)];
  // Started in `/` or in a home, this would forbid every program there is.
  const narrow = around.filter((folder) => folder !== '/' && folder !== session.homeDirectory);
  return mountRoot === null ? narrow : [mountRoot, ...narrow];
}
