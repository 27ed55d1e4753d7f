import { type Result, success } from '../base/result.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { exitCodeOf } from '../report/exit-code.ts';
import type { Answer } from './answer.ts';
import { execute } from './pipeline/execute.ts';
import { gather } from './pipeline/gather.ts';
import { makePlan } from './pipeline/make-plan.ts';
import { programRequest } from './pipeline/program-request.ts';
import type { Session } from './session.ts';

/** `exec` and `shell`: any program in the box that a build of this project would get. */
export async function runProgramInBox(session: Session, command: OwnCommand): Promise<Result<Answer>> {
  const gathered = await gather(session, { manifestPath: null, project: 'optional' });
  if (!gathered.ok) return gathered;
  const planned = await makePlan(session, gathered.value, programRequest(session, gathered.value, command));
  if (!planned.ok) return planned;
  const executed = await execute(session, planned.value);
  if (!executed.ok) return executed;
  session.reporter.outcome(executed.value.outcome);
  return success({ status: exitCodeOf(executed.value.outcome) });
}
