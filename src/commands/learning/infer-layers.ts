import { Writable } from 'node:stream';
import { type Result, success } from '../../base/result.ts';
import type { DebianSuite } from '../../config/config.ts';
import type { Outcome } from '../../engine/engine.ts';
import type { TomlTable } from '../../facts/facts.ts';
import { linuxKnowledge, targetMatches } from '../../fetch/target-cfg.ts';
import type { CargoCommand } from '../../invocation/invocation.ts';
import { findLayer } from '../../layers/catalogue.ts';
import { provenCrates } from '../../layers/proven-crates.ts';
import type { Wanted } from '../../layers/wanted.ts';
import { chooseCertain } from '../../learning/choose-certain.ts';
import { findCertain } from '../../learning/find-certain.ts';
import { type ActivePackage, readTree } from '../../learning/read-tree.ts';
import { joinLearned } from '../../lock/learned-additions.ts';
import type { Learned } from '../../lock/pins.ts';
import { judgePlan } from '../../policy/judge-plan.ts';
import { saysTheSameEachTime } from '../../problem/exclude-each-other.ts';
import { parseToml } from '../../toml/parse.ts';
import { findProviders } from '../environments/find-providers.ts';
import { suiteLookedThrough } from '../environments/suite-of.ts';
import { manifestText, viewEntries } from '../pipeline/crate-manifest.ts';
import { runBox } from '../pipeline/execute.ts';
import { fetchCrates } from '../pipeline/fetch.ts';
import { makePlan, type Planned } from '../pipeline/make-plan.ts';
import { prepareCommand } from '../pipeline/make-request.ts';
import { type PinsOf, writeLearned } from '../pipeline/project-pins.ts';
import type { Session } from '../session.ts';
import { type InferenceNote, noteInference } from './inference-note.ts';
import { addedText } from './learned-text.ts';
import { learningRequest, plainOutput } from './learning-rounds.ts';
import { takeBack } from './take-back.ts';

/** The pins, or Cargo.lock, are others now, and it is to be planned anew. An outcome: the box was cut short. */
export type InferenceEnd = 'pins-written' | 'lock-written' | 'nothing' | Outcome;

export interface Inference {
  readonly note: InferenceNote;
  /** Lists what is compiled. */
  readonly tree: CargoCommand;
  readonly pins: PinsOf;
}

/**
 * Before a project without a lock is built: adds to its pins what its crates cannot do without, as far as that is known
 * for sure. Which crates and features are compiled says cargo, in a box. Where Cargo.lock has no crate of which anything
 * is known nothing is started. What cannot be found out now is left to the build, whose words are better than ours.
 */
export async function inferLayers(
  session: Session,
  planned: Planned,
  { note, tree, pins }: Inference,
): Promise<Result<InferenceEnd>> {
  const nothing = (found: readonly Learned[] | null): Result<InferenceEnd> => {
    if (found !== null) noteInference(note, found);
    return success('nothing');
  };
  const { plan, chosen, facts, config } = planned;
  if (!buildsForHost(planned)) return nothing([]);
  if (judgePlan(plan, chosen.report).length > 0) return nothing(null);
  const fetched = await fetchCrates(session, planned);
  // The build could not fetch either, and would say the same once more.
  if (!fetched.ok) return fetched;
  if (fetched.value.lockfile.kind === 'changed') return success('lock-written');
  const { lockfile } = facts.project;
  const suite = suiteLookedThrough(config, planned.settled.pins);
  const proven = provenCrates(suite);
  if (lockfile.state !== 'present' || !mayHold(lockfile.text, proven)) return nothing([]);
  const listed = await listPackages(session, planned, { tree, pins });
  if (!listed.ok) return nothing(null);
  const { outcome, packages, ran } = listed.value;
  if (outcome.kind !== 'finished') return success(outcome);
  if (outcome.status !== 0) return nothing(null);
  const needs = findCertain(packages, {
    manifestOf: manifests(session, planned, fetched.value.view.path),
    provenFor: (crate) => proven.get(crate) ?? [],
    holds: (cfg) => targetMatches(cfg, hostTriple(planned)) === 'yes',
    variables: Object.keys(config.env.set.value),
  });
  if (needs.length === 0) return nothing([]);
  const known = planned.settled.pins.learned ?? [];
  const learned = await chooseCertain(needs, known, {
    ...findProviders(session, ran),
    layers: ran.plan.environment.layers ?? [],
    signsOf: (layer) => signsOf(layer, suite),
  });
  if (learned.length === 0) return nothing([]);
  for (const one of learned) session.reporter.note(addedText(one));
  return keep(session, planned, { note, pins }, learned);
}

/** A root that cannot be had with them is no reason not to build: it is said, and they are taken back. */
async function keep(
  session: Session,
  planned: Planned,
  { note, pins }: Pick<Inference, 'note' | 'pins'>,
  learned: readonly Learned[],
): Promise<Result<InferenceEnd>> {
  const { facts, config, settled, request } = planned;
  const known = settled.pins.learned ?? [];
  const written = writeLearned(session, facts.project, joinLearned(known, learned));
  if (!written.ok) return written;
  const again = await makePlan(session, { config, facts }, request, pins);
  if (again.ok) {
    noteInference(note, learned);
    return success('pins-written');
  }
  // With a network, or more time, it may be had the next time.
  if (saysTheSameEachTime(again.problems)) noteInference(note, []);
  const restored = takeBack(session, facts.project, known, again.problems);
  return restored.ok ? success('nothing') : restored;
}

/** A crate of which something may be certain, by its name alone. */
function mayHold(lock: string, proven: ReadonlyMap<string, readonly string[]>): boolean {
  const names = lock.matchAll(/^name = "([\w-]{1,128})"\r?$/gm);
  for (const { 1: name = '' } of names) if (name === 'system-deps' || proven.has(name)) return true;
  return false;
}

function hostTriple({ facts }: Planned): string {
  return facts.toolchain?.host ?? `${facts.host.architecture}-unknown-linux-gnu`;
}

/** For another machine the libraries of this one are of no use. An empty list means that nobody knows. */
function buildsForHost(planned: Planned): boolean {
  const { targets } = planned.request;
  const host = hostTriple(planned);
  return targets.length > 0 && targets.every((target) => target === host) && linuxKnowledge(host) !== null;
}

const mostCharacters = 32 * 1024 * 1024;

async function listPackages(
  session: Session,
  { config, facts }: Planned,
  { tree, pins }: Pick<Inference, 'tree' | 'pins'>,
): Promise<
  Result<{
    readonly outcome: Outcome;
    readonly packages: readonly ActivePackage[];
    /** What was run to list them. */
    readonly ran: Planned;
  }>
> {
  const prepared = await prepareCommand(session, { config, facts }, tree, 'needed');
  if (!prepared.ok) return prepared;
  const { gathered, ready } = prepared.value;
  const request = { ...learningRequest(ready), recording: 'off' } as const;
  const planned = await makePlan(session, plainOutput(gathered), request, pins);
  if (!planned.ok) return planned;
  const pieces: string[] = [];
  let room = mostCharacters;
  const stdout = new Writable({
    write(piece: Buffer, _encoding, done) {
      const text = piece.toString('latin1', 0, Math.min(piece.length, room));
      room -= text.length;
      pieces.push(text);
      done();
    },
  });
  const stderr = new Writable({ write: (_piece, _encoding, done) => done() });
  const streams = { box: { stdin: 'none', stdout, stderr } as const, finished: async () => {} };
  const ran = await runBox(session, planned.value, { scratch: null }, () => streams);
  if (!ran.ok) return ran;
  const text = Buffer.from(pieces.join(''), 'latin1').toString('utf8');
  return success({
    outcome: ran.value.outcome,
    packages: readTree(text),
    ran: planned.value,
  });
}

/** Manifests of the project's own packages, and of crates in the store. Those of git repositories are left to learning. */
function manifests({ locations }: Session, { facts }: Planned, view: string) {
  const known = new Map<string, TomlTable | null>();
  const read = ({ name, version }: ActivePackage): TomlTable | null => {
    const own = facts.project.manifests.find(({ packageName }) => packageName === name);
    const [entry] = viewEntries(view, (candidate) => candidate === `${name}-${version}`);
    if (entry === undefined) return own?.content ?? null;
    const parsed = parseToml(manifestText(locations, entry) ?? '', 'Cargo.toml');
    return parsed.ok ? parsed.value : null;
  };
  return (crate: ActivePackage): TomlTable | null => {
    const key = `${crate.name} ${crate.version}`;
    const held = known.get(key);
    if (held !== undefined) return held;
    const manifest = read(crate);
    known.set(key, manifest);
    return manifest;
  };
}

/** What a layer brings to be built with: somebody may have named its package. */
function signsOf(name: string, suite: DebianSuite): readonly Wanted[] {
  const { pkgConfig = [], headers = [] } = findLayer(name, suite) ?? {};
  return [
    ...pkgConfig.map((module): Wanted => ({ kind: 'module', name: module })),
    ...headers.map((header): Wanted => ({ kind: 'header', name: header })),
  ];
}
