import { userInfo } from 'node:os';
import { type MeasuredWall, measureWalls } from '../../already-boxed/measure-walls.ts';
import type { Session } from '../session.ts';

/** Which walls the place that we are in has, at this moment, for a project that lies there. */
export function measureHere(session: Session, project: string): readonly MeasuredWall[] {
  return measureWalls({ project, homes: homesOf(session), variables: session.host.variables });
}

/** That of the environment, and that of the user's entry. */
function homesOf({ homeDirectory }: Session): readonly string[] {
  try {
    return [homeDirectory, userInfo().homedir];
  } catch {
    // This user has no entry.
    return [homeDirectory];
  }
}
