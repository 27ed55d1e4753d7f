import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Result, success } from '../../base/result.ts';
import { deleteTree } from '../../customs/delete-tree.ts';
import { exportArtifacts } from '../../customs/export-artifacts.ts';
import type { Refusal } from '../../customs/refusals.ts';
import type { Outcome } from '../../engine/engine.ts';
import { sumFile } from '../../host/sum-file.ts';
import type { CargoCommand } from '../../invocation/invocation.ts';
import { writtenManifestPath } from '../../invocation/translate-arguments.ts';
import { placesInside, projectPathInside } from '../../plan/places.ts';
import type { Trial } from '../../plan/variations.ts';
import { exitCodeOf } from '../../report/exit-code.ts';
import { clockOf, type Side } from '../../verify/find-evidence.ts';
import { boxIdentity } from '../pipeline/box-owner.ts';
import { execute } from '../pipeline/execute.ts';
import { gather } from '../pipeline/gather.ts';
import type { Planned } from '../pipeline/make-plan.ts';
import { planCargo } from '../pipeline/plan-cargo.ts';
import { projectCopyFolder } from '../pipeline/project-copy.ts';
import { targetPath } from '../pipeline/target-folder.ts';
import type { Session } from '../session.ts';

/** One build that is compared with others. */
export interface TrialRun {
  readonly trial: Trial;
  readonly planned: Planned;
  /** Its target, which is hostile. */
  readonly target: string;
  /** Where its results were brought, through customs. */
  readonly folder: string;
  /** sha256 of each result, by its path below the folder. */
  readonly sums: ReadonlyMap<string, string>;
  /** Results that customs keep back: nothing can be said of them. */
  readonly refused: readonly Refusal[];
  readonly side: Side;
}

export type TrialEnd =
  | { readonly kind: 'built'; readonly run: TrialRun }
  | { readonly kind: 'failed'; readonly outcome: Outcome };

/** Builds once, from nothing, as the trial says; the results go to a folder of that name in `scratch`. */
export async function runTrial(
  session: Session,
  command: CargoCommand,
  trial: Trial,
  scratch: string,
): Promise<Result<TrialEnd>> {
  const planned = await planTrial(session, command, trial);
  if (!planned.ok) return planned;
  const { plan, facts } = planned.value;
  const target = targetPath(session.locations, facts.project, plan.identity, boxIdentity(session, planned.value));
  const cleared = await removeTarget(session, target);
  if (!cleared.ok) return cleared;
  const fromMs = Date.now();
  const executed = await execute(session, planned.value);
  if (!executed.ok) return executed;
  const { outcome } = executed.value;
  if (exitCodeOf(outcome) !== 0) return success({ kind: 'failed', outcome });
  const side = sideOf(planned.value, fromMs, Date.now());
  const folder = join(scratch, trial.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const exported = await exportArtifacts({
    from: join(target, plan.exports?.from ?? 'out'),
    to: { projectRoot: folder, relative: 'results' },
    record: join(folder, 'record.json'),
    areas: ['programs'],
  });
  if (!exported.ok) return exported;
  const { refused } = exported.value;
  const files = exported.value.exported.map(({ path }) => path);
  const results = exported.value.folder;
  const sums = new Map(files.map((path) => [path, sumFile(join(results, path))]));
  return success({
    kind: 'built',
    run: { trial, planned: planned.value, target, folder: results, sums, refused, side },
  });
}

/** Of a trial as of every command: asked for, and planned from that alone. */
export async function planTrial(
  session: Session,
  command: CargoCommand,
  trial: Trial | null,
): Promise<Result<Planned>> {
  const manifestPath = writtenManifestPath(command.name, command.arguments);
  const found = await gather(session, { manifestPath, project: 'needed' });
  if (!found.ok) return found;
  return planCargo(session, found.value, command, { trial });
}

/** With the copy of the project that may lie beside it. */
export async function removeTarget(session: Session, target: string): Promise<Result<void>> {
  const within = session.locations.cache;
  const copy = projectCopyFolder(target);
  for (const path of [target, copy, `${copy}.json`]) {
    const deleted = await deleteTree({ within, relative: relative(within, path) });
    if (!deleted.ok) return deleted;
  }
  return success(undefined);
}

function sideOf({ plan, request, config, facts }: Planned, fromMs: number, toMs: number): Side {
  const { trial } = request;
  const box = plan.box;
  const variables = box?.variables ?? {};
  const { target, home } = placesInside(trial);
  return {
    clock: clockOf(trial?.varies ?? [], fromMs, toMs),
    project: projectPathInside({ config, facts }, trial),
    target,
    home,
    hostName: box?.presents?.hostName ?? '',
    userName: variables.USER ?? '',
    userId: plan.engine === 'docker' ? '' : String(box?.presents?.userId ?? ''),
    locale: variables.LC_ALL ?? variables.LANG ?? '',
    timeZone: variables.TZ ?? '',
  };
}
