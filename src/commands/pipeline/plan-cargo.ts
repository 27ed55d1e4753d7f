import type { Result } from '../../base/result.ts';
import type { CargoCommand } from '../../invocation/invocation.ts';
import type { Trial } from '../../plan/variations.ts';
import type { Session } from '../session.ts';
import type { Gathered } from './gather.ts';
import { makePlan, type Planned } from './make-plan.ts';
import { prepareCommand } from './make-request.ts';
import type { PinsOf } from './project-pins.ts';

/** The plan of a cargo command in a project, as it would be run. */
export async function planCargo(
  session: Session,
  gathered: Gathered,
  command: CargoCommand,
  { trial = null, pins = 'project' }: { readonly trial?: Trial | null; readonly pins?: PinsOf } = {},
): Promise<Result<Planned>> {
  const prepared = await prepareCommand(session, gathered, command, 'needed', trial);
  return prepared.ok ? makePlan(session, prepared.value.gathered, prepared.value.ready.request, pins) : prepared;
}
