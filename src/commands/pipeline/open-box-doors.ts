import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, type Result } from '../../base/result.ts';
import { checkDevices } from '../../doors/check-devices.ts';
import { checkOpenings } from '../../doors/check-openings.ts';
import { type OpenDoors, openDoors } from '../../doors/open-doors.ts';
import type { BoxStep } from '../../plan/box-plan.ts';
import type { Session } from '../session.ts';
import type { Planned } from './make-plan.ts';

/** Below the state, one folder a run. */
export const doorsFolder = 'doors';

/** Looks at what the plan opens in the wall, and opens it. To be closed when the box has ended, however it ended. */
export async function openBoxDoors(session: Session, planned: Planned, box: BoxStep): Promise<Result<OpenDoors>> {
  const { locations, homeDirectory, runWord } = session;
  const ownFolders = [locations.cache, locations.data, locations.state, dirname(locations.userConfig)];
  const problems = checkOpenings(box.mounts, box.doors, {
    homeDirectory: real(homeDirectory),
    project: planned.facts.project.mountRoot,
    ownFolders: ownFolders.map(real),
    engineAddress: session.host.variables.DOCKER_HOST ?? null,
  });
  problems.push(...checkDevices(box.devices));
  if (problems.length > 0) return failure(...problems);
  return openDoors(box, join(locations.state, doorsFolder), runWord);
}

/** Says at which doors somebody knocked in vain: inside it looked like a connection that was closed. */
export function reportDoors(session: Session, { failures }: OpenDoors): void {
  for (const [door, why] of failures) session.reporter.note(`Nobody answered at the door ${door}: ${why}`);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
