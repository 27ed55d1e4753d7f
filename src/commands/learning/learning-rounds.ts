import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { type Result, success } from '../../base/result.ts';
import type { Outcome } from '../../engine/engine.ts';
import { recall } from '../../host/memory.ts';
import { sha256 } from '../../host/project-key.ts';
import type { CargoCommand } from '../../invocation/invocation.ts';
import type { Missed } from '../../layers/wanted.ts';
import { chooseAdditions } from '../../learning/choose-additions.ts';
import { cratesThatWant, findMissed } from '../../learning/find-missed.ts';
import { readFailures, scriptFailures } from '../../learning/read-failures.ts';
import { readRecord } from '../../learning/read-record.ts';
import { type Addition, joinLearned } from '../../lock/learned-additions.ts';
import type { Learned } from '../../lock/pins.ts';
import type { Problem } from '../../problem/problem.ts';
import { findProviders } from '../environments/find-providers.ts';
import { suiteOf } from '../environments/suite-of.ts';
import { type Gathered, gather } from '../pipeline/gather.ts';
import { makePlan, type Planned } from '../pipeline/make-plan.ts';
import { prepareCommand, type ReadyCommand } from '../pipeline/make-request.ts';
import { type PinsOf, writeLearned } from '../pipeline/project-pins.ts';
import type { Session } from '../session.ts';
import { toolVersion } from '../tool-version.ts';
import { addedText } from './learned-text.ts';
import { learningMemory } from './learning-memory.ts';
import { linksOfCrate } from './links-of-crate.ts';
import { ownScripts } from './own-scripts.ts';
import { runLearningBox } from './run-learning-box.ts';

/** More than any build takes: each round finds all that can be found without what the next one needs. */
const mostRounds = 8;

/** What is built to learn from. */
export interface Learning {
  readonly command: CargoCommand;
  /** The manifest that `--manifest-path` names: absolute, on the host. */
  readonly manifestPath: string | null;
  readonly pins: PinsOf;
  /** A suite that is tried; nothing of that is among the pins. */
  readonly suite?: Learned;
}

/** What is built in every round. */
export interface Preparation {
  readonly gathered: Gathered;
  readonly request: ReadyCommand['request'];
}

/** Why something was added: every package that looked for it. */
export interface Reason {
  readonly addition: Learned;
  readonly crates: readonly string[];
  /** Those packages whose build script failed without it. */
  readonly scripts: readonly string[];
  /** Folders in which it has headers that compilers do not find by themselves. */
  readonly folders: readonly string[];
}

/** What a round came to. `more`: something was added. `nothing`: it failed, and nothing is known that would help. */
export interface RoundEnd {
  readonly end: 'built' | 'more' | 'nothing' | Outcome;
  readonly reasons: readonly Reason[];
  /** What packages that failed looked for and nothing has. */
  readonly unknown: readonly Missed[];
  /** Packages that failed in it, and what cargo said. */
  readonly failed: readonly string[];
  readonly text: string;
}

/** What nothing came of: it is not looked at again, and said again. */
export interface Vain {
  /** What has what the build looked for, and with which it failed too: nobody is to be told to add it. */
  readonly useless: readonly Addition[];
  readonly said: readonly string[];
}

interface Last extends Preparation {
  /** Among the state of the tool, what is known of this project. */
  readonly memory: string;
  /** What the last round depends on: with the same of all it finds the same. */
  readonly state: string;
  /** What the root of that round had. */
  readonly learned: readonly Learned[];
}

export interface Ended extends Last {
  readonly kind: 'ended';
  readonly planned: Planned;
  readonly reasons: readonly Reason[];
  readonly end: RoundEnd;
}

/** `unplannable`: what a round has added cannot be had. `as-before`: the same has failed before. */
export type Course =
  | Ended
  | (Last & { readonly kind: 'unplannable'; readonly problems: readonly Problem[] })
  | { readonly kind: 'as-before'; readonly vain: Vain };

/**
 * Builds what can be built, looks at what failed for want of something, adds what has it to the project's own pins, and
 * so on until nothing fails for that.
 */
export async function runRounds(session: Session, learning: Learning): Promise<Result<Course>> {
  const prepared = await prepare(session, learning);
  if (!prepared.ok) return prepared;
  const { gathered, request } = prepared.value;
  const memory = join(session.locations.state, learningMemory(gathered.facts.project));
  const reasons: Reason[] = [];
  let last: Last | null = null;
  for (let number = 1; ; number++) {
    const planned = await makePlan(session, gathered, request, learning.pins);
    if (!planned.ok)
      return last === null ? planned : success({ ...last, kind: 'unplannable', problems: planned.problems });
    const state = stateOf(planned.value, learning.command);
    const vain = last === null ? recall<Vain>(memory, 'vain', state) : null;
    if (vain !== null) return success({ kind: 'as-before', vain });
    last = { gathered, request, memory, state, learned: planned.value.settled.pins.learned ?? [] };
    const end = await runRound(session, planned.value, number);
    if (!end.ok) return end;
    reasons.push(...end.value.reasons);
    if (end.value.end !== 'more' || number === mostRounds)
      return success({ ...last, kind: 'ended', planned: planned.value, reasons, end: end.value });
  }
}

/** What a round depends on, as far as it can be told without reading the project; this tool's own release too. */
export function stateOf({ facts: { project }, plan }: Planned, command: CargoCommand): string {
  const words = [command.name, ...command.arguments];
  const inputs = { inputs: project.fetchInputs, scripts: ownScripts(project), tool: toolVersion };
  return sha256(canonicalJson({ ...inputs, identity: plan.identity, command: words }));
}

/** The build that failed may have written Cargo.lock: it is read anew. */
async function prepare(
  session: Session,
  { command, manifestPath, pins, suite }: Learning,
): Promise<Result<Preparation>> {
  const gathered = await gather(session, { manifestPath, project: 'needed', pins, suite: suite ?? null });
  if (!gathered.ok) return gathered;
  const prepared = await prepareCommand(session, gathered.value, command, 'needed');
  if (!prepared.ok) return prepared;
  const { gathered: whole, ready } = prepared.value;
  return success({ gathered: plainOutput(whole), request: learningRequest(ready) });
}

async function runRound(session: Session, planned: Planned, number: number): Promise<Result<RoundEnd>> {
  const nothing = { reasons: [], unknown: [], failed: [], text: '' };
  const suite = suiteOf(planned.config, planned.settled.pins);
  if (suite === null) return success({ ...nothing, end: 'nothing' });
  const ran = await runLearningBox(session, planned, number);
  if (!ran.ok) return ran;
  const { outcome, text, record, view } = ran.value;
  if (outcome.kind !== 'finished') return success({ ...nothing, end: outcome });
  if (outcome.status === 0) return success({ ...nothing, end: 'built' });
  const failures = readFailures(text);
  const evidence = findMissed(failures, readRecord(record), (crate) => linksOfCrate(session, view, crate));
  const known = planned.settled.pins.learned ?? [];
  const { learned, unknown, below } = await chooseAdditions(evidence, known, findProviders(session, planned));
  for (const one of learned) session.reporter.note(addedText(one));
  const written =
    learned.length === 0
      ? success(undefined)
      : writeLearned(session, planned.facts.project, joinLearned(known, learned));
  if (!written.ok) return written;
  const scripts = scriptFailures(text).map(({ crate }) => crate);
  const reasons = learned.map((addition) => ({
    addition,
    crates: cratesThatWant(evidence, addition),
    scripts,
    folders: [...new Set(below.flatMap(({ name, folder }) => (name === addition.name ? [folder] : [])))],
  }));
  return success({ end: learned.length > 0 ? 'more' : 'nothing', reasons, unknown, failed: failures.crates, text });
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
