import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { deleteTree } from '../customs/delete-tree.ts';
import type { Refusal } from '../customs/refusals.ts';
import { cacheFolders } from '../host/locations.ts';
import { projectKey } from '../host/project-key.ts';
import type { CargoCommand, OwnCommand } from '../invocation/invocation.ts';
import { usage } from '../invocation/usage-problems.ts';
import { possibleVariations, type Variation } from '../plan/variations.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { exitCodeOf } from '../report/exit-code.ts';
import { compareSums, differing } from '../verify/compare-sums.ts';
import { describe } from '../verify/describe.ts';
import { neverVaried, type Verification } from '../verify/verification.ts';
import type { Answer } from './answer.ts';
import { exclusively } from './pipeline/exclusively.ts';
import type { Planned } from './pipeline/make-plan.ts';
import { classify } from './pipeline/make-request.ts';
import type { Session } from './session.ts';
import { explainDifferences, type Trials } from './trials/explain-differences.ts';
import { planTrial, removeTarget, runTrial, type TrialRun } from './trials/run-trial.ts';

/** The results of two builds are not equal. */
export const notEqual = 1;

/** `verify build`: builds twice, in boxes that differ in all that should not matter, and compares what comes out. */
export async function verify(session: Session, command: OwnCommand): Promise<Result<Answer>> {
  const inner = command.planned;
  if (inner === null || inner.kind !== 'cargo') throw new Error('a command to verify is one of cargo');
  const planned = await planTrial(session, inner, null);
  if (!planned.ok) return planned;
  if (classify(inner, planned.value).tableEntry?.name !== 'build') {
    const what = `\`verify\` compares what \`build\` makes, not what \`${printable(inner.name, 60)}\` does`;
    return failure(usage(what, 'Write `cargo-boxed verify build`, with options of `cargo build`.'));
  }
  if (planned.value.request.options.some((word) => word.startsWith('--message-format'))) {
    const why = 'the messages of all builds would be mixed with what came of them';
    return failure(usage('`verify` has no `--message-format`', 'Leave it out.', why));
  }
  const { mountRoot, workspace } = planned.value.facts.project;
  const key = projectKey(mountRoot, workspace);
  return exclusively(session, `verify-${key}`, 'verify', () => verifyBuild(session, inner, planned.value));
}

async function verifyBuild(session: Session, command: CargoCommand, planned: Planned): Promise<Result<Answer>> {
  const relative = join(cacheFolders.trials, session.runWord);
  const trials = openTrials(session, command, join(session.locations.cache, relative));
  try {
    return await compareBuilds(session, planned, trials);
  } finally {
    for (const { target } of trials.made()) await removeTarget(session, target);
    await deleteTree({ within: session.locations.cache, relative });
  }
}

interface OpenTrials extends Trials {
  /** All builds that there were. */
  made(): readonly TrialRun[];
  /** How a build has ended that did not come to a result. */
  failed(): number | null;
}

/** Runs builds one after the other, and remembers them so that nothing of them stays. */
function openTrials(session: Session, command: CargoCommand, scratch: string): OpenTrials {
  const made: TrialRun[] = [];
  let failed: number | null = null;
  const build = async (name: string, varies: readonly Variation[], said: string) => {
    session.reporter.step(said);
    const end = await runTrial(session, command, { name, varies }, scratch);
    if (!end.ok) return end;
    if (end.value.kind === 'failed') {
      session.reporter.outcome(end.value.outcome);
      failed = exitCodeOf(end.value.outcome);
      return success(null);
    }
    made.push(end.value.run);
    return success(end.value.run);
  };
  return { build, made: () => made, failed: () => failed };
}

const nothingToCompare: Problem = {
  code: 'usage',
  what: 'the build made nothing that is exported, so there is nothing to compare',
  fix: 'Verify a package with a program or a library.',
};

function once(refused: readonly Refusal[]): readonly Refusal[] {
  return refused.filter(({ path }, index) => refused.findIndex((other) => other.path === path) === index);
}

async function compareBuilds(session: Session, planned: Planned, trials: OpenTrials): Promise<Result<Answer>> {
  const { possible, not } = possibleVariations(planned.plan.engine, planned.request.options);
  const first = await trials.build('first', [], 'Building in the box that it always has');
  if (!first.ok) return first;
  if (first.value === null) {
    session.reporter.note(
      'Nothing was compared. `cargo-boxed build` finds what a build lacks; verify it when that is right',
    );
    return success({ status: trials.failed() ?? 1 });
  }
  const second = await trials.build('second', possible, `Building in a box with another ${possible.join(', ')}`);
  if (!second.ok) return second;
  if (second.value === null) {
    session.reporter.note(
      'The build that was right in the first box failed in the second, which has other surroundings',
    );
    return success({ status: trials.failed() ?? 1 });
  }
  const { sums } = first.value;
  const artifacts = compareSums(sums, second.value.sums);
  const unequal = differing(sums, second.value.sums);
  const notCompared = once([...first.value.refused, ...second.value.refused]);
  if (artifacts.length + notCompared.length === 0) return failure(nothingToCompare);
  const equal = unequal.length + notCompared.length === 0;
  const explained =
    unequal.length === 0 ? success([]) : await explainDifferences(session, trials, first.value, second.value, possible);
  if (!explained.ok) return explained;
  const verification: Verification = {
    version: 1,
    equal,
    engine: planned.plan.engine,
    builds: trials.made().length,
    varied: possible,
    notVaried: { ...not, ...neverVaried },
    artifacts,
    notCompared,
    differences: explained.value,
  };
  return success({ status: equal ? 0 : notEqual, text: describe(verification), data: verification });
}
