import { failure, type Result, success } from '../base/result.ts';
import type { Outcome } from '../engine/engine.ts';
import type { CargoCommand } from '../invocation/invocation.ts';
import { learningCommand } from '../invocation/learning-command.ts';
import { writtenManifestPath } from '../invocation/translate-arguments.ts';
import { exitCodeOf } from '../report/exit-code.ts';
import type { Answer } from './answer.ts';
import { checkSubcommand } from './check-subcommand.ts';
import { type Executed, execute } from './execute.ts';
import { exportResults } from './export-results.ts';
import { fetchCrates } from './fetch.ts';
import { type Gathered, gather } from './gather.ts';
import { makePlan, type Planned } from './make-plan.ts';
import { classify, prepareCommand, type ReadyCommand } from './make-request.ts';
import type { Session } from './session.ts';
import { suiteOf } from './suite-of.ts';

/** Any cargo command, each by its class. What a build does not need is loaded when it is asked for. */
export function runCargo(session: Session, command: CargoCommand): Promise<Result<Answer>> {
  return runOnce(session, command, 'may-learn');
}

/** `learned`: run again, with layers that it turned out to need. */
type Attempt = 'may-learn' | 'learned';

async function runOnce(session: Session, command: CargoCommand, attempt: Attempt): Promise<Result<Answer>> {
  const first = classify(command, null);
  if (first.class === 'creating') return (await import('./create.ts')).create(session, command);
  const manifestPath = writtenManifestPath(command.name, command.arguments);
  const project = first.tableEntry?.needsManifest === false ? 'optional' : 'needed';
  const found = await gather(session, { manifestPath, project });
  if (!found.ok) return found;
  const prepared = await prepareCommand(session, found.value, command, project);
  if (!prepared.ok) return prepared;
  const { gathered, ready } = prepared.value;
  switch (ready.request.class) {
    case 'creating':
      return (await import('./create.ts')).create(session, command);
    case 'fetch':
      return fetchOnly(session, gathered, ready);
    case 'lock-writing':
      return (await import('./write-lock.ts')).writeLock(session, gathered, ready);
    case 'source-writing':
      return (await import('./write-sources.ts')).writeSources(session, gathered, ready);
    default:
      return runOffline(session, gathered, ready, command, attempt);
  }
}

async function runOffline(
  session: Session,
  gathered: Gathered,
  ready: ReadyCommand,
  command: CargoCommand,
  attempt: Attempt,
): Promise<Result<Answer>> {
  const planned = await makePlan(session, gathered, ready.request);
  if (!planned.ok) return planned;
  const unfit = checkSubcommand(planned.value);
  if (unfit.length > 0) return failure(...unfit);
  const executed = await execute(session, planned.value, { scratch: null, failure: 'may-run-again' });
  if (!executed.ok) return executed;
  const { outcome } = executed.value;
  const status = exitCodeOf(outcome);
  const mayLack = attempt === 'may-learn' && mayLearn(planned.value, executed.value);
  const learning = mayLack ? learningCommand(ready.classified, command) : null;
  if (learning !== null) {
    const { learnLayers } = await import('./learn-layers.ts');
    const { manifestPath } = ready;
    const end = await learnLayers(session, { command: learning, manifestPath, pins: 'project' });
    if (!end.ok) return end;
    if (end.value === 'more') return runOnce(session, command, 'learned');
    if (end.value !== 'nothing') return endedAs(session, end.value);
  }
  await executed.value.giveUp();
  if (status === 0 && planned.value.plan.exports !== null) {
    const exported = await exportResults(session, planned.value, ready, executed.value.target);
    if (!exported.ok) return exported;
  }
  session.reporter.outcome(outcome);
  return success({ status });
}

function endedAs(session: Session, outcome: Outcome): Result<Answer> {
  session.reporter.outcome(outcome);
  return success({ status: exitCodeOf(outcome) });
}

/** cargo's exit code for everything that could not be built, and for a program that panics. */
const failedToBuild = 101;

/** A project with a lock has said what its root is; others are helped to find out. */
function mayLearn({ settled, config }: Planned, { outcome, signs }: Executed): boolean {
  if (config.infer.value === 'off' || outcome.kind !== 'finished' || outcome.status !== failedToBuild) return false;
  return signs !== 'none' && settled.kind === 'own' && suiteOf(config, settled.pins) !== null;
}

async function fetchOnly(session: Session, gathered: Gathered, ready: ReadyCommand): Promise<Result<Answer>> {
  const planned = await makePlan(session, gathered, ready.request);
  if (!planned.ok) return planned;
  const fetched = await fetchCrates(session, planned.value);
  return fetched.ok ? success({ status: 0 }) : fetched;
}
