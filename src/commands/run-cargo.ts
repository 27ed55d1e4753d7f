import { failure, type Result, success } from '../base/result.ts';
import type { Outcome } from '../engine/engine.ts';
import type { CargoCommand } from '../invocation/invocation.ts';
import { learningCommand } from '../invocation/learning-command.ts';
import { writtenManifestPath } from '../invocation/translate-arguments.ts';
import type { Addition } from '../lock/learned-additions.ts';
import { exitCodeOf } from '../report/exit-code.ts';
import type { Answer } from './answer.ts';
import { inferFirst, mayHaveLayersAdded } from './learning/infer-first.ts';
import type { Learning } from './learning/learning-rounds.ts';
import { checkSubcommand } from './pipeline/check-subcommand.ts';
import { type Executed, execute } from './pipeline/execute.ts';
import { exportResults } from './pipeline/export-results.ts';
import { fetchCrates } from './pipeline/fetch.ts';
import { type Gathered, gatherSurveyed } from './pipeline/gather.ts';
import { makePlan, type Planned } from './pipeline/make-plan.ts';
import { classify, prepareCommand, type ReadyCommand } from './pipeline/make-request.ts';
import { survey } from './pipeline/survey.ts';
import type { Session } from './session.ts';

/** Any cargo command, each by its class. What a build does not need is loaded when it is asked for. */
export function runCargo(session: Session, command: CargoCommand): Promise<Result<Answer>> {
  return runOnce(session, command, attempt('first'));
}

interface Attempt {
  /**
   * How it was begun anew: `settled` since Cargo.lock was written, `inferred` and `learned` with layers that it is sure to
   * need or turned out to need.
   */
  readonly begun: 'first' | 'settled' | 'inferred' | 'learned';
  /** What was of no use before. */
  readonly useless: readonly Addition[];
}

function attempt(begun: Attempt['begun'], useless: readonly Addition[] = []): Attempt {
  return { begun, useless };
}

async function runOnce(session: Session, command: CargoCommand, of: Attempt): Promise<Result<Answer>> {
  const first = classify(command, null);
  if (first.class === 'creating') return (await import('./create.ts')).create(session, command);
  const manifestPath = writtenManifestPath(command.name, command.arguments);
  const project = first.tableEntry?.needsManifest === false ? 'optional' : 'needed';
  const surveyed = await survey(session, { manifestPath, project });
  if (!surveyed.ok) return surveyed;
  if (surveyed.value.config.engine.value === 'none')
    return (await import('./run-directly.ts')).runDirectly(session, surveyed.value, command);
  const found = await gatherSurveyed(session, surveyed.value);
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
      return runOffline(session, gathered, ready, command, of);
  }
}

async function runOffline(
  session: Session,
  gathered: Gathered,
  ready: ReadyCommand,
  command: CargoCommand,
  { begun, useless }: Attempt,
): Promise<Result<Answer>> {
  const planned = await makePlan(session, gathered, ready.request);
  if (!planned.ok) return planned;
  const unfit = checkSubcommand(planned.value);
  if (unfit.length > 0) return failure(...unfit);
  const learning = begun === 'learned' ? null : learningCommand(ready.classified, command);
  const first = learning === null ? success(goOn) : await beforeBuild(session, planned.value, learning, begun);
  if (!first.ok) return first;
  if (first.value.kind === 'again') return runOnce(session, command, first.value.attempt);
  if (first.value.kind === 'ended') return endedAs(session, first.value.outcome);
  const executed = await execute(session, planned.value, { scratch: null, failure: 'may-run-again' });
  if (!executed.ok) return executed;
  const { outcome } = executed.value;
  const status = exitCodeOf(outcome);
  const after: Result<Turn> =
    learning !== null && mayLearn(planned.value, executed.value)
      ? await afterFailure(session, { command: learning, manifestPath: ready.manifestPath, pins: 'project' })
      : success({ kind: 'go-on', useless });
  if (!after.ok) return after;
  if (after.value.kind === 'again') return runOnce(session, command, after.value.attempt);
  if (after.value.kind === 'ended') return endedAs(session, after.value.outcome);
  await executed.value.giveUp(after.value.useless);
  if (status === 0 && planned.value.plan.exports !== null) {
    const exported = await exportResults(session, planned.value, ready, executed.value.target);
    if (!exported.ok) return exported;
  }
  session.reporter.outcome(outcome);
  return success({ status });
}

/** How a command goes on: as it was planned, planned anew, or not at all since a box of ours was cut short. */
type Turn =
  | { readonly kind: 'go-on'; readonly useless: readonly Addition[] }
  | { readonly kind: 'again'; readonly attempt: Attempt }
  | { readonly kind: 'ended'; readonly outcome: Outcome };

const goOn: Turn = { kind: 'go-on', useless: [] };

async function beforeBuild(
  session: Session,
  planned: Planned,
  builds: CargoCommand,
  begun: Attempt['begun'],
): Promise<Result<Turn>> {
  if (begun !== 'first' && begun !== 'settled') return success(goOn);
  const end = await inferFirst(session, planned, builds);
  if (!end.ok) return end;
  switch (end.value) {
    case 'nothing':
      return success(goOn);
    case 'pins-written':
      return success({ kind: 'again', attempt: attempt('inferred') });
    case 'lock-written':
      return success({ kind: 'again', attempt: attempt(begun === 'first' ? 'settled' : 'inferred') });
    default:
      return success({ kind: 'ended', outcome: end.value });
  }
}

async function afterFailure(session: Session, learning: Learning): Promise<Result<Turn>> {
  const { learnLayers } = await import('./learning/learn-layers.ts');
  const learned = await learnLayers(session, learning);
  if (!learned.ok) return learned;
  const { end, useless } = learned.value;
  if (end === 'nothing') return success({ kind: 'go-on', useless });
  if (end === 'more') return success({ kind: 'again', attempt: attempt('learned', useless) });
  return success({ kind: 'ended', outcome: end });
}

function endedAs(session: Session, outcome: Outcome): Result<Answer> {
  session.reporter.outcome(outcome);
  return success({ status: exitCodeOf(outcome) });
}

/** cargo's exit code for everything that could not be built, and for a program that panics. */
const failedToBuild = 101;

function mayLearn(planned: Planned, { outcome, signs }: Executed): boolean {
  if (planned.config.infer.value !== 'learn' || !mayHaveLayersAdded(planned)) return false;
  return outcome.kind === 'finished' && outcome.status === failedToBuild && signs !== 'none';
}

async function fetchOnly(session: Session, gathered: Gathered, ready: ReadyCommand): Promise<Result<Answer>> {
  const planned = await makePlan(session, gathered, ready.request);
  if (!planned.ok) return planned;
  const fetched = await fetchCrates(session, planned.value);
  return fetched.ok ? success({ status: 0 }) : fetched;
}
