import { failure, type Result, success } from '../../base/result.ts';
import { sha256 } from '../../host/project-key.ts';
import { assemblePlan } from '../../plan/assemble-plan.ts';
import type { BoxPlan } from '../../plan/box-plan.ts';
import type { Request } from '../../plan/plan-inputs.ts';
import type { Problem } from '../../problem/problem.ts';
import type { Session } from '../session.ts';
import { type ChosenEngine, chooseEngine } from './choose-engine.ts';
import type { Gathered } from './gather.ts';
import type { PinsOf } from './project-pins.ts';
import { type SettledPins, settlePins } from './settle-pins.ts';

/** Everything decided, nothing done: what `plan` prints and `build` runs. */
export interface Planned extends Gathered {
  readonly request: Request;
  readonly settled: SettledPins;
  readonly chosen: ChosenEngine;
  readonly plan: BoxPlan;
}

const noBoxInside: Problem = {
  code: 'engine-missing',
  what: 'this is the image of cargo-boxed.lock, and no box can be made in it',
  fix: 'Run cargo without one: `--engine none` says which walls the container has. Or give the container what bubblewrap needs.',
};

export async function makePlan(
  session: Session,
  gathered: Gathered,
  request: Request,
  pins: PinsOf = 'project',
): Promise<Result<Planned>> {
  const mountRoot = gathered.facts.project.mountRoot;
  const chosen = await chooseEngine(session, gathered.config, mountRoot);
  if (!chosen.ok) return gathered.facts.inImage === true ? failure(...chosen.problems, noBoxInside) : chosen;
  const settled = await settlePins(session, gathered, pins);
  if (!settled.ok) return settled;
  const plan = assemblePlan({
    ...gathered,
    request,
    pins: settled.value.pins,
    engine: chosen.value.engine.name,
    hash: sha256,
  });
  if (!plan.ok) return plan;
  return success({ ...gathered, request, settled: settled.value, chosen: chosen.value, plan: plan.value });
}
