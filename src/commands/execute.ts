import { dirname, join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import type { Outcome } from '../engine/engine.ts';
import { cacheFolders } from '../host/locations.ts';
import { judgePlan } from '../policy/judge-plan.ts';
import { asIdentity, saidIdentity } from './box-owner.ts';
import { boxStreams, presentationVariables } from './box-streams.ts';
import { coverFolders, withoutGone } from './cover-folders.ts';
import { fetchCrates } from './fetch.ts';
import { markUsed } from './kept.ts';
import type { Planned } from './make-plan.ts';
import { openBoxDoors, reportDoors } from './open-box-doors.ts';
import { prepareRoot } from './prepare-root.ts';
import { prepareWalls } from './prepare-walls.ts';
import { prepareProjectCopy } from './project-copy.ts';
import { reapLeftovers } from './reap-leftovers.ts';
import { type AnchorFolders, resolveBox } from './resolve-box.ts';
import { sayHidden } from './say-hidden.ts';
import { sayMissed } from './say-missed.ts';
import { sayMissingLayers } from './say-missing-layers.ts';
import { sayWalls } from './say-walls.ts';
import type { Session } from './session.ts';
import { targetFolder } from './target-folder.ts';

/** A box that has ended, and where its target is. */
export interface Executed {
  readonly outcome: Outcome;
  readonly target: string;
}

/** What `execute` mounts that is not of the plan's own making. */
export interface ExecuteOptions {
  /** The writable copy of the project, for commands that write sources. */
  readonly scratch: string | null;
}

/** Runs a plan: judged, fetched, prepared, boxed. What it leaves in the target is for customs. */
export async function execute(
  session: Session,
  planned: Planned,
  options: ExecuteOptions = { scratch: null },
): Promise<Result<Executed>> {
  const { plan, chosen, facts, config, settled } = planned;
  const box = plan.box;
  if (box === null) throw new Error('a plan without a box cannot be executed');
  const verdicts = judgePlan(plan, chosen.report);
  if (verdicts.length > 0) return failure(...verdicts);
  const [, fetched] = await Promise.all([reapLeftovers(session, chosen.engine), fetchCrates(session, planned)]);
  if (!fetched.ok) return fetched;
  const mountRoot = facts.project.mountRoot;
  const user = saidIdentity(session, planned);
  const root = await prepareRoot(session, config, mountRoot, chosen, settled.pins);
  if (!root.ok) return root;
  const target = targetFolder(session.locations, facts.project, plan.identity, user);
  if (!target.ok) return target;
  for (const path of [dirname(target.value), fetched.value.view.path]) markUsed(path);
  if (root.value.kind === 'directory') markUsed(root.value.path);
  const copy = await prepareProjectCopy(session, planned, target.value, user);
  if (!copy.ok) return copy;
  const walls = await prepareWalls(session, planned, box, root.value);
  if (!walls.ok) return walls;
  if (walls.value !== null) markUsed(walls.value);
  const covers = coverFolders(session.locations, facts.secrets);
  if (!covers.ok) return covers;
  const doors = await openBoxDoors(session, planned, box);
  if (!doors.ok) return doors;
  const anchors: AnchorFolders = {
    project: mountRoot,
    target: target.value,
    view: fetched.value.view.path,
    store: join(session.locations.cache, cacheFolders.store),
    ...(facts.toolchain === null ? {} : { toolchain: facts.toolchain.path }),
    'cargo-bin': join(facts.host.cargoHome, 'bin'),
    ...covers.value,
    home: session.homeDirectory,
    filesystem: '/',
    beside: dirname(mountRoot),
    ...(walls.value === null ? {} : { walls: walls.value }),
    ...(doors.value.folder === null ? {} : { doors: doors.value.folder }),
    ...(copy.value === null ? {} : { 'project-copy': copy.value }),
    ...(options.scratch === null ? {} : { scratch: options.scratch }),
  };
  const presentation = presentationVariables(session, planned);
  const step = withoutGone(box, anchors);
  const resolved = resolveBox(session.runWord, step, root.value, anchors, facts, presentation);
  const owned = asIdentity(session, resolved, user);
  const streams = boxStreams(session, planned, anchors);
  session.reporter.pause();
  const outcome = await chosen.engine
    .run(owned, streams.box, session.interruption.signal)
    .finally(() => doors.value.close());
  await streams.finished();
  const hasFailed = outcome.ok && outcome.value.kind === 'finished' && outcome.value.status !== 0;
  if (hasFailed) {
    sayHidden(session, planned, streams.named());
    sayMissed(session, planned, target.value, streams.named());
    await sayMissingLayers(session, planned, streams.missing());
    sayWalls(session, planned, streams.refused());
  }
  reportDoors(session, doors.value);
  return outcome.ok ? success({ outcome: outcome.value, target: target.value }) : outcome;
}
