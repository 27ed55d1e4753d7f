import { type Result, success } from '../../base/result.ts';
import type { Outcome } from '../../engine/engine.ts';
import { remember } from '../../host/memory.ts';
import { findTooOld } from '../../learning/find-too-old.ts';
import { failureOf, scriptFailures } from '../../learning/read-failures.ts';
import { type Addition, describeLearned, isSameAddition, joinLearned } from '../../lock/learned-additions.ts';
import type { Learned } from '../../lock/pins.ts';
import { keptPins } from '../../lock/read-pins.ts';
import { saysTheSameEachTime } from '../../problem/exclude-each-other.ts';
import { makePlan } from '../pipeline/make-plan.ts';
import { projectPinsFile, writeLearned } from '../pipeline/project-pins.ts';
import { tooOldTexts } from '../pipeline/say-too-old.ts';
import type { Session } from '../session.ts';
import { belowText, nameOf, unknownText, uselessText } from './learned-text.ts';
import { type Course, type Ended, type Learning, runRounds, stateOf, type Vain } from './learning-rounds.ts';
import { findNewerSuite, type NewerSuite } from './newer-suite.ts';
import { takeBack } from './take-back.ts';

/**
 * `more`: what the build needs is among the project's own pins now, and it is worth to be run again. An outcome: the box
 * did not come to its end.
 */
export interface LearningEnd {
  readonly end: 'more' | 'nothing' | Outcome;
  /** What has what the build looked for, and with which it failed too: nobody is to be told to add it. */
  readonly useless: readonly Addition[];
}

/**
 * After a build of a project without a lock has failed: finds out what it lacks and adds it, and where nobody has named a
 * suite and the default is too old, looks whether the next one will do. The pins of the project change, outside of its
 * checkout; never a plan that runs. The same failure is looked at once.
 */
export async function learnLayers(session: Session, learning: Learning): Promise<Result<LearningEnd>> {
  const course = await runRounds(session, learning);
  if (!course.ok) return course;
  switch (course.value.kind) {
    case 'as-before':
      for (const text of course.value.vain.said) session.reporter.note(text);
      return success({ end: 'nothing', useless: course.value.vain.useless });
    case 'unplannable':
      return withoutIt(session, course.value);
    case 'ended':
      return conclude(session, learning, course.value);
  }
}

async function conclude(session: Session, learning: Learning, course: Ended): Promise<Result<LearningEnd>> {
  const { end } = course.end;
  if (end === 'built' || end === 'more') return success(ended(course.reasons.length > 0 ? 'more' : 'nothing'));
  if (end !== 'nothing') return success(ended(end));
  const found = await findNewerSuite(session, course);
  return found.newer === null
    ? giveBack(session, learning, course, found, [])
    : trySuite(session, learning, course, { ...found, newer: found.newer });
}

/** What cannot be had is tried the next time, unless it will be the same then. */
function withoutIt(session: Session, course: Course & { readonly kind: 'unplannable' }): Result<LearningEnd> {
  const { memory, state, gathered, learned, problems } = course;
  if (saysTheSameEachTime(problems)) remember(memory, 'vain', state, nothingSaid);
  const restored = takeBack(session, gathered.facts.project, learned, problems);
  return restored.ok ? success(ended('more')) : restored;
}

const nothingSaid: Vain = { useless: [], said: [] };

function ended(end: LearningEnd['end']): LearningEnd {
  return { end, useless: [] };
}

/**
 * Learns in the newer suite, which is among the pins when the package that needs it can be built there, and not before;
 * else all is as it was. Names of packages are those of a suite: only layers go along.
 */
async function trySuite(
  session: Session,
  learning: Learning,
  first: Ended,
  found: NewerSuite & { readonly newer: Learned },
): Promise<Result<LearningEnd>> {
  const { reporter } = session;
  const { newer } = found;
  reporter.note(`${nameOf(newer)} is tried: ${describeLearned(newer)}`);
  const layers = first.learned.filter(({ kind }) => kind === 'layer');
  const { project } = first.gathered.facts;
  const written = writeLearned(session, project, layers);
  if (!written.ok) return written;
  const tried = await runRounds(session, { ...learning, suite: newer });
  const course = tried.ok && tried.value.kind === 'ended' ? tried.value : null;
  const end = course?.end.end ?? 'nothing';
  if (course !== null && typeof end === 'string' && !course.end.failed.includes(newer.crate)) {
    reporter.note(`${nameOf(newer)} is taken: \`suite\` in cargo-boxed.yaml names another.`);
    return take(session, learning, course, newer);
  }
  const restored = tried.ok
    ? writeLearned(session, project, first.learned)
    : takeBack(session, project, first.learned, tried.problems);
  if (!restored.ok) return restored;
  if (typeof end !== 'string') return success(ended(end));
  const failure = course === null ? '' : failureOf(course.end.text, newer.crate);
  return giveBack(session, learning, first, found, [{ addition: newer, folders: [], failure }]);
}

/** The suite stays, whatever else fails in it. */
function take(
  session: Session,
  learning: Learning,
  course: Ended,
  newer: Learned,
): Result<LearningEnd> | Promise<Result<LearningEnd>> {
  const { project } = course.gathered.facts;
  const learned = joinLearned(keptPins(projectPinsFile(session, project)).learned ?? [], [newer]);
  const written = writeLearned(session, project, learned);
  if (!written.ok) return written;
  const reasons = [...course.reasons, { addition: newer, crates: [newer.crate], scripts: [], folders: [] }];
  return conclude(session, { ...learning, suite: newer }, { ...course, learned, reasons });
}

/** What did not help, and the words of the failure that came with it. */
interface Useless {
  readonly addition: Learned;
  readonly folders: readonly string[];
  readonly failure: string;
}

/**
 * At an end where something still fails: what was added for packages that fail all the same did not help, and goes again.
 * What helped another package stays. `tried`: what is not there any more.
 */
async function giveBack(
  session: Session,
  learning: Learning,
  course: Ended,
  { unknown, looked, open }: NewerSuite,
  tried: readonly Useless[],
): Promise<Result<LearningEnd>> {
  const { end, reasons, learned, gathered, request, memory } = course;
  const scripts = new Set(scriptFailures(end.text).map(({ crate }) => crate));
  // A script that got through with it was helped, whatever fails after it: that is what there is to be seen.
  const fails = (crate: string, before: readonly string[]) =>
    end.failed.includes(crate) && (scripts.has(crate) || !before.includes(crate));
  const added = reasons
    .filter((reason) => reason.crates.every((crate) => fails(crate, reason.scripts)))
    .map(({ addition, folders }): Useless => {
      const failure = failureOf(end.text, addition.crate);
      return { addition, folders, failure };
    });
  const kept = learned.filter((one) => !added.some(({ addition }) => isSameAddition(one, addition)));
  const written = added.length === 0 ? success(undefined) : writeLearned(session, gathered.facts.project, kept);
  if (!written.ok) return written;
  const without = await makePlan(session, gathered, request, learning.pins);
  if (!without.ok) return without;
  const all = [...added, ...tried];
  const useless = all.map(({ addition: { kind, name } }): Addition => ({ kind, name }));
  const said = [
    ...all.map(({ addition, failure }) => uselessText(addition, failure)),
    ...all.flatMap(({ addition: { name }, folders }) => (folders.length > 0 ? [belowText(name, folders)] : [])),
    ...(unknown.length > 0 ? [unknownText(unknown, looked, open)] : []),
    ...tooOldTexts(without.value, findTooOld(end.text), useless),
  ];
  for (const text of said) session.reporter.note(text);
  const vain: Vain = { useless, said };
  remember(memory, 'vain', stateOf(without.value, learning.command), vain);
  return success({ end: added.length < reasons.length ? 'more' : 'nothing', useless });
}
