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
export async function learnLayers(
  session: Session,
  { command, manifestPath, pins }: Learning,
): Promise<Result<LearningEnd>> {
  // The build that failed may have written Cargo.lock.
  const gathered = await gather(session, { manifestPath, project: 'needed' });
  if (!gathered.ok) return gathered;
  const prepared = await prepareCommand(session, gathered.value, command, 'needed');
  if (!prepared.ok) return prepared;
  const { mountRoot, workspace } = gathered.value.facts.project;
  const memory = join(session.locations.state, learningFolder, `${projectKey(mountRoot, workspace)}.json`);
  let last = '';
  let hasMore = false;
  let before: readonly Learned[] = [];
  for (let round = 1; round <= mostRounds; round++) {
    const request = learningRequest(prepared.value.ready);
    const planned = await makePlan(session, plainOutput(prepared.value.gathered), request, pins);
    if (!planned.ok) {
      // What cannot be had is not kept: without a network, or of what excludes each other, nothing would build again.
      if (round === 1) return planned;
      remember(memory, 'last', last, true);
      return takeBack(session, gathered.value, { before, problems: planned.problems, hasMore: round > 2 });
    }
    before = planned.value.settled.pins.learned ?? [];
    last = stateOf(planned.value, command);
    if (round === 1 && recall<true>(memory, 'last', last) === true) return success('nothing');
    const ran = await runLearningBox(session, planned.value, round);
    if (!ran.ok) return ran;
    const { outcome } = ran.value;
    if (outcome.kind !== 'finished') return success(outcome);
    if (outcome.status === 0) return success(ended(hasMore));
    const found = await addMissed(session, planned.value, ran.value);
    if (!found.ok) return found;
    if (!found.value) break;
    hasMore = true;
  }
  remember(memory, 'last', last, true);
  return success(ended(hasMore));
}

function takeBack(
  session: Session,
  { facts }: Gathered,
  {
    before,
    problems,
    hasMore,
  }: { readonly before: readonly Learned[]; readonly problems: readonly Problem[]; readonly hasMore: boolean },
): Result<LearningEnd> {
  session.reporter.problems(problems);
  const file = projectPinsFile(session, facts.project);
  const written = writeOwnPins(file, { ...keptPins(file), learned: before });
  return written.ok ? success(ended(hasMore)) : written;
}

function ended(hasMore: boolean): 'more' | 'nothing' {
  return hasMore ? 'more' : 'nothing';
}

/** What a round depends on: with the same of all it finds the same. */
function stateOf({ facts, plan }: Planned, command: CargoCommand): string {
  const { lockfile } = facts.project;
  const lock = lockfile.state === 'present' ? lockfile.sha256 : '';
  return sha256(canonicalJson({ lock, identity: plan.identity, command: [command.name, ...command.arguments] }));
}

/** Cargo's words are read here: without colours, and without a line that moves. */
function plainOutput(gathered: Gathered): Gathered {
  const { facts } = gathered;
  const terminal = { stdin: false, stdout: false, stderr: false };
  return { ...gathered, facts: { ...facts, host: { ...facts.host, terminal } } };
}

function learningRequest({ request }: ReadyCommand): ReadyCommand['request'] {
  const variables = request.variables.filter(({ name }) => !name.startsWith('CARGO_TERM_'));
  return { ...request, variables, output: 'filtered', exports: false, recording: 'on' };
}

/** Adds to the project's own pins what this run shows that it needs. Whether there was anything. */
async function addMissed(
  session: Session,
  planned: Planned,
  { text, record, rootSha256, view }: LearningRun,
): Promise<Result<boolean>> {
  const { config, facts, settled } = planned;
  const { mountRoot } = facts.project;
  const suite = config.suite.value;
  const links = (crate: string) => linksOfCrate(session, view, crate);
  const evidence = findMissed(readFailures(text), readRecord(record), links);
  const known = settled.pins.learned ?? [];
  const providers = await findProviders(session, config, mountRoot, rootSha256);
  const { learned, unknown } = await chooseAdditions(evidence, known, providers);
  for (const one of learned) session.reporter.note(addedText(one));
  if (unknown.length > 0) session.reporter.note(unknownText(unknown, suite));
  if (learned.length === 0) return success(false);
  const file = projectPinsFile(session, facts.project);
  const written = writeOwnPins(file, { ...keptPins(file), learned: sorted([...known, ...learned]) });
  return written.ok ? success(true) : written;
}

function addedText({ kind, name, crate, wanted }: Learned): string {
  const what = kind === 'layer' ? `The layer ${name}` : `The Debian package ${name}`;
  return `${what} is added: ${printable(crate, 60)} looked for ${printable(wanted, 120)}`;
}

function unknownText(unknown: readonly Wanted[], suite: DebianSuite): string {
  const names = unknown.slice(0, 5).map((wanted) => printable(describeWanted(wanted), 80));
  return `The build looked for ${names.join(', ')}; nothing in ${suite} provides it.`;
}

function sorted(learned: readonly Learned[]): readonly Learned[] {
  return [...learned].sort((left, right) => (`${left.kind} ${left.name}` < `${right.kind} ${right.name}` ? -1 : 1));
}
