import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { type Result, success } from '../../base/result.ts';
import type { DebianSuite } from '../../config/config.ts';
import type { Outcome } from '../../engine/engine.ts';
import { recall, remember } from '../../host/memory.ts';
import { projectKey, sha256 } from '../../host/project-key.ts';
import type { CargoCommand } from '../../invocation/invocation.ts';
import { describeWanted, type Wanted } from '../../layers/wanted.ts';
import { chooseAdditions } from '../../learning/choose-additions.ts';
import { cratesThatWant, findMissed } from '../../learning/find-missed.ts';
import { findTooOld } from '../../learning/find-too-old.ts';
import { type Failures, failureOf, readFailures } from '../../learning/read-failures.ts';
import { readRecord } from '../../learning/read-record.ts';
import { describeLearned, isSameAddition, joinLearned } from '../../lock/learned-additions.ts';
import type { Learned } from '../../lock/pins.ts';
import { keptPins } from '../../lock/read-pins.ts';
import { writeOwnPins } from '../../lock/write-pins.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import { findProviders } from '../environments/find-providers.ts';
import { suiteLookedThrough, suiteOf } from '../environments/suite-of.ts';
import { type Gathered, gather } from '../pipeline/gather.ts';
import { makePlan, type Planned } from '../pipeline/make-plan.ts';
import { prepareCommand, type ReadyCommand } from '../pipeline/make-request.ts';
import { sayTooOld } from '../pipeline/say-too-old.ts';
import { type PinsOf, projectPinsFile } from '../pipeline/settle-pins.ts';
import type { Session } from '../session.ts';
import { learningFolder } from './learning-folder.ts';
import { linksOfCrate } from './links-of-crate.ts';
import { type LearningRun, runLearningBox } from './run-learning-box.ts';

/** More than any build takes: each round finds all that can be found without what the next one needs. */
const mostRounds = 8;

/**
 * `more`: layers that the build needs are among the project's own pins now, and it is worth to be run again. An outcome:
 * the box did not come to its end.
 */
export interface LearningEnd {
  readonly end: 'more' | 'nothing' | Outcome;
  /** Layers that have what the build looked for, and with which it failed too: nobody is to be told to add them. */
  readonly useless: readonly string[];
}

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
  const reasons: Reason[] = [];
  let last: Round | null = null;
  for (let number = 1; number <= mostRounds; number++) {
    const planned = await makePlan(session, gathered, request, learning.pins);
    if (!planned.ok) return last === null ? planned : takeBack(session, prepared.value, memory, last, planned.problems);
    const state = stateOf(planned.value, learning.command);
    const before = last === null ? recall<readonly string[]>(memory, 'useless', state) : null;
    if (before !== null) return success(asBefore(session, before));
    last = { number, state, learned: planned.value.settled.pins.learned ?? [] };
    const step = await runRound(session, planned.value, number);
    if (!step.ok) return step;
    const { end } = step.value;
    if (end === 'built') return success(ended(hasMore(number)));
    if (end === 'nothing') {
      remember(memory, 'useless', state, []);
      return giveBack(session, { gathered, request, learning, memory }, { learned: last.learned, reasons }, step.value);
    }
    if (end !== 'more') return success(ended(end));
    reasons.push(...step.value.reasons);
  }
  return success(ended('more'));
}

function ended(end: LearningEnd['end']): LearningEnd {
  return { end, useless: [] };
}

/** The same failure as before: what was tried then is not tried again. */
function asBefore({ reporter }: Session, useless: readonly string[]): LearningEnd {
  for (const name of useless) {
    reporter.note(
      `The layer ${name} has what the build looked for, and the build failed with it too: \`--layer ${name}\` before ` +
        'the command shows how.',
    );
  }
  return { end: 'nothing', useless };
}

/** What cannot be had is not kept: without a network, or of what excludes each other, nothing would build again. */
function takeBack(
  session: Session,
  { gathered }: Preparation,
  memory: string,
  last: Round,
  problems: readonly Problem[],
): Result<LearningEnd> {
  remember(memory, 'useless', last.state, []);
  session.reporter.problems(problems);
  const written = writeLearned(session, gathered, last.learned);
  return written.ok ? success(ended(hasMore(last.number))) : written;
}

/** Why something was added: every package that looked for it. */
interface Reason {
  readonly addition: Learned;
  readonly crates: readonly string[];
}

/**
 * At an end where something still fails: what was added for packages that fail all the same did not help, and goes again,
 * with the words of the failure that it came to. What helped another package stays.
 */
async function giveBack(
  session: Session,
  { gathered, request, learning, memory }: Preparation & { readonly learning: Learning; readonly memory: string },
  { learned, reasons }: { readonly learned: readonly Learned[]; readonly reasons: readonly Reason[] },
  { failed, text }: RoundEnd,
): Promise<Result<LearningEnd>> {
  const useless = reasons.filter(({ crates }) => crates.every((crate) => failed.includes(crate)));
  if (useless.length === 0) return success(ended(reasons.length > 0 ? 'more' : 'nothing'));
  for (const { addition } of useless) {
    const what = `${nameOf(addition)} is taken back: with it ${printable(addition.crate, 60)} fails too`;
    session.reporter.note(`${what}: ${printable(failureOf(text, addition.crate), 300)}`);
  }
  const kept = learned.filter((one) => !useless.some(({ addition }) => isSameAddition(one, addition)));
  const written = writeLearned(session, gathered, kept);
  if (!written.ok) return written;
  const without = await makePlan(session, gathered, request, learning.pins);
  if (!without.ok) return without;
  const layers = useless.flatMap(({ addition: { kind, name } }) => (kind === 'layer' ? [name] : []));
  remember(memory, 'useless', stateOf(without.value, learning.command), layers);
  sayTooOld(session, without.value, findTooOld(text));
  return success({ end: useless.length < reasons.length ? 'more' : 'nothing', useless: layers });
}

function writeLearned(session: Session, { facts }: Gathered, learned: readonly Learned[]): Result<void> {
  const file = projectPinsFile(session, facts.project);
  return writeOwnPins(file, { ...keptPins(file), learned });
}

/** What is built in every round. */
interface Preparation {
  readonly gathered: Gathered;
  readonly request: ReadyCommand['request'];
}

/** The build that failed may have written Cargo.lock: it is read anew. */
async function prepare(session: Session, { command, manifestPath }: Learning): Promise<Result<Preparation>> {
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

/** What a round came to. `more`: something was added. `nothing`: it failed, and nothing is known that would help. */
interface RoundEnd {
  readonly end: 'built' | 'more' | 'nothing' | Outcome;
  readonly reasons: readonly Reason[];
  /** Packages that failed in it, and what cargo said. */
  readonly failed: readonly string[];
  readonly text: string;
}

async function runRound(session: Session, planned: Planned, number: number): Promise<Result<RoundEnd>> {
  const nothing = { reasons: [], failed: [], text: '' };
  const suite = suiteOf(planned.config, planned.settled.pins);
  if (suite === null) return success({ ...nothing, end: 'nothing' });
  const ran = await runLearningBox(session, planned, number);
  if (!ran.ok) return ran;
  const { outcome, text } = ran.value;
  if (outcome.kind !== 'finished') return success({ ...nothing, end: outcome });
  if (outcome.status === 0) return success({ ...nothing, end: 'built' });
  const failures = readFailures(text);
  const reasons = await addMissed(session, planned, ran.value, failures);
  if (!reasons.ok) return reasons;
  const end = reasons.value.length > 0 ? 'more' : 'nothing';
  return success({ end, reasons: reasons.value, failed: failures.crates, text });
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

/** Adds to the project's own pins what this run shows that it needs; gives why, an entry for each that is new. */
async function addMissed(
  session: Session,
  planned: Planned,
  { record, view }: LearningRun,
  failures: Failures,
): Promise<Result<readonly Reason[]>> {
  const { config, settled } = planned;
  const suite = suiteLookedThrough(config, settled.pins);
  const links = (crate: string) => linksOfCrate(session, view, crate);
  const evidence = findMissed(failures, readRecord(record), links);
  const known = settled.pins.learned ?? [];
  const { learned, unknown } = await chooseAdditions(evidence, known, findProviders(session, planned));
  for (const one of learned) session.reporter.note(addedText(one));
  if (unknown.length > 0) session.reporter.note(unknownText(unknown, suite));
  if (learned.length === 0) return success([]);
  const written = writeLearned(session, planned, joinLearned(known, learned));
  const reasons = learned.map((addition) => ({ addition, crates: cratesThatWant(evidence, addition) }));
  return written.ok ? success(reasons) : written;
}

/** The line that says what comes to the root, and why. */
export function addedText(one: Learned): string {
  return `${nameOf(one)} is added: ${describeLearned(one)}`;
}

function nameOf({ kind, name }: Learned): string {
  return kind === 'layer' ? `The layer ${name}` : `The Debian package ${name}`;
}

function unknownText(unknown: readonly Wanted[], suite: DebianSuite): string {
  const names = unknown.slice(0, 5).map((wanted) => printable(describeWanted(wanted), 80));
  const elsewhere = suite === 'bookworm' ? 'Debian trixie may (`suite: trixie` in cargo-boxed.yaml); else' : 'There is';
  return (
    `The build looked for ${names.join(', ')}; nothing in ${suite} provides it. ${elsewhere} a feature by which the ` +
    'crate brings its own, or an image that has it.'
  );
}
