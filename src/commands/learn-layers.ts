import { join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { type Result, success } from '../base/result.ts';
import type { DebianSuite } from '../config/config.ts';
import type { Outcome } from '../engine/engine.ts';
import { recall, remember } from '../host/memory.ts';
import { projectKey, sha256 } from '../host/project-key.ts';
import type { CargoCommand } from '../invocation/invocation.ts';
import { describeWanted, type Wanted } from '../layers/wanted.ts';
import { chooseAdditions } from '../learning/choose-additions.ts';
import { findMissed } from '../learning/find-missed.ts';
import { readFailures } from '../learning/read-failures.ts';
import { readRecord } from '../learning/read-record.ts';
import { describeLearned, joinLearned } from '../lock/learned-additions.ts';
import type { Learned } from '../lock/pins.ts';
import { keptPins } from '../lock/read-pins.ts';
import { writeOwnPins } from '../lock/write-pins.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { findProviders } from './find-providers.ts';
import { type Gathered, gather } from './gather.ts';
import { learningFolder } from './learning-folder.ts';
import { linksOfCrate } from './links-of-crate.ts';
import { makePlan, type Planned } from './make-plan.ts';
import { prepareCommand, type ReadyCommand } from './make-request.ts';
import { type LearningRun, runLearningBox } from './run-learning-box.ts';
import type { Session } from './session.ts';
import { type PinsOf, projectPinsFile } from './settle-pins.ts';
import { suiteOf } from './suite-of.ts';

/** More than any build takes: each round finds all that can be found without what the next one needs. */
const mostRounds = 8;

/**
 * `more`: layers that the build needs are among the project's own pins now, and it is worth to be run again. An outcome:
 * the box did not come to its end.
 */
export type LearningEnd = 'more' | 'nothing' | Outcome;

/** What is built to learn from. */
export interface Learning {
  readonly command: CargoCommand;
  /** The manifest that `--manifest-path` names: absolute, on the host. */
  readonly manifestPath: string | null;
  readonly pins: PinsOf;
}

/**
 * After a build of a project without a lock has failed: builds again what can be built, looks at what failed for want of
 * something, adds what has it, and so on until nothing fails for that. The pins of the project change, outside of its
 * checkout; never a plan that runs. The same failure is looked at once.
 */
export async function learnLayers(session: Session, learning: Learning): Promise<Result<LearningEnd>> {
  const prepared = await prepare(session, learning);
  if (!prepared.ok) return prepared;
  const { gathered, request } = prepared.value;
  const { mountRoot, workspace } = gathered.facts.project;
  const memory = join(session.locations.state, learningFolder, `${projectKey(mountRoot, workspace)}.json`);
  const isKnown = (state: string) => recall<true>(memory, 'last', state) === true;
  let last: Round | null = null;
  for (let number = 1; number <= mostRounds; number++) {
    const planned = await makePlan(session, gathered, request, learning.pins);
    if (!planned.ok) {
      if (last === null) return planned;
      // What cannot be had is not kept: without a network, or of what excludes each other, nothing would build again.
      remember(memory, 'last', last.state, true);
      return takeBack(session, gathered, last, planned.problems);
    }
    const state = stateOf(planned.value, learning.command);
    if (last === null && isKnown(state)) return success('nothing');
    last = { number, state, learned: planned.value.settled.pins.learned ?? [] };
    const step = await runRound(session, planned.value, number);
    if (!step.ok) return step;
    if (step.value === 'nothing') remember(memory, 'last', state, true);
    if (step.value === 'nothing' || step.value === 'built') return success(hasMore(number));
    if (step.value !== 'more') return success(step.value);
  }
  return success('more');
}

/** What is built in every round. The build that failed may have written Cargo.lock: it is read anew. */
async function prepare(
  session: Session,
  { command, manifestPath }: Learning,
): Promise<Result<{ readonly gathered: Gathered; readonly request: ReadyCommand['request'] }>> {
  const gathered = await gather(session, { manifestPath, project: 'needed' });
  if (!gathered.ok) return gathered;
  const prepared = await prepareCommand(session, gathered.value, command, 'needed');
  if (!prepared.ok) return prepared;
  const { gathered: whole, ready } = prepared.value;
  return success({ gathered: plainOutput(whole), request: learningRequest(ready) });
}

/** One round: what its plan was made from. */
interface Round {
  readonly number: number;
  readonly state: string;
  readonly learned: readonly Learned[];
}

/** A round has begun when the one before has added something. */
function hasMore(number: number): 'more' | 'nothing' {
  return number > 1 ? 'more' : 'nothing';
}

/** `more`: something was added. `nothing`: it failed, and nothing is known that would help. */
async function runRound(
  session: Session,
  planned: Planned,
  number: number,
): Promise<Result<'built' | 'more' | 'nothing' | Outcome>> {
  if (suiteOf(planned.config, planned.settled.pins) === null) return success('nothing');
  const ran = await runLearningBox(session, planned, number);
  if (!ran.ok) return ran;
  const { outcome } = ran.value;
  if (outcome.kind !== 'finished') return success(outcome);
  if (outcome.status === 0) return success('built');
  const found = await addMissed(session, planned, ran.value);
  if (!found.ok) return found;
  return success(found.value ? 'more' : 'nothing');
}

function takeBack(
  session: Session,
  { facts }: Gathered,
  { number, learned }: Round,
  problems: readonly Problem[],
): Result<LearningEnd> {
  session.reporter.problems(problems);
  const file = projectPinsFile(session, facts.project);
  const written = writeOwnPins(file, { ...keptPins(file), learned });
  return written.ok ? success(hasMore(number)) : written;
}

/** What a round depends on: with the same of all it finds the same. */
function stateOf({ facts, plan }: Planned, command: CargoCommand): string {
  const { lockfile } = facts.project;
  const lock = lockfile.state === 'present' ? lockfile.sha256 : '';
  return sha256(canonicalJson({ lock, identity: plan.identity, command: [command.name, ...command.arguments] }));
}

/** Cargo's words are read here: without colours, and without a line that moves. */
export function plainOutput(gathered: Gathered): Gathered {
  const { facts } = gathered;
  const terminal = { stdin: false, stdout: false, stderr: false };
  return { ...gathered, facts: { ...facts, host: { ...facts.host, terminal } } };
}

/** What is run to learn from it: filtered, nothing exported, and noted what it looks for. */
export function learningRequest({ request }: ReadyCommand): ReadyCommand['request'] {
  const variables = request.variables.filter(({ name }) => !name.startsWith('CARGO_TERM_'));
  return { ...request, variables, output: 'filtered', exports: false, recording: 'on' };
}

/** Adds to the project's own pins what this run shows that it needs. Whether there was anything. */
async function addMissed(
  session: Session,
  planned: Planned,
  { text, record, view }: LearningRun,
): Promise<Result<boolean>> {
  const { config, facts, settled, plan } = planned;
  const { mountRoot } = facts.project;
  const suite = suiteOf(config, settled.pins) ?? config.suite.value;
  const links = (crate: string) => linksOfCrate(session, view, crate);
  const evidence = findMissed(readFailures(text), readRecord(record), links);
  const known = settled.pins.learned ?? [];
  const providers = await findProviders(session, config, mountRoot, { environment: plan.environment, suite });
  const { learned, unknown } = await chooseAdditions(evidence, known, providers);
  for (const one of learned) session.reporter.note(addedText(one));
  if (unknown.length > 0) session.reporter.note(unknownText(unknown, suite));
  if (learned.length === 0) return success(false);
  const file = projectPinsFile(session, facts.project);
  const written = writeOwnPins(file, { ...keptPins(file), learned: joinLearned(known, learned) });
  return written.ok ? success(true) : written;
}

/** The line that says what comes to the root, and why. */
export function addedText(one: Learned): string {
  const what = one.kind === 'layer' ? `The layer ${one.name}` : `The Debian package ${one.name}`;
  return `${what} is added: ${describeLearned(one)}`;
}

function unknownText(unknown: readonly Wanted[], suite: DebianSuite): string {
  const names = unknown.slice(0, 5).map((wanted) => printable(describeWanted(wanted), 80));
  return `The build looked for ${names.join(', ')}; nothing in ${suite} provides it.`;
}
