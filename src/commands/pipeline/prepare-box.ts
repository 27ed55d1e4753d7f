import { dirname, join } from 'node:path';
import { type Result, success } from '../../base/result.ts';
import type { ResolvedBox } from '../../engine/engine.ts';
import { cacheFolders } from '../../host/locations.ts';
import type { BoxStep } from '../../plan/box-plan.ts';
import type { Session } from '../session.ts';
import { type BoxIdentity, saidIdentity } from './box-owner.ts';
import { coverFolders } from './cover-folders.ts';
import { fetchCrates } from './fetch.ts';
import { markUsed } from './kept.ts';
import type { Planned } from './make-plan.ts';
import { prepareRoot } from './prepare-root.ts';
import { prepareVariations } from './prepare-variations.ts';
import { prepareWalls } from './prepare-walls.ts';
import { prepareProjectCopy } from './project-copy.ts';
import type { AnchorFolders } from './resolve-box.ts';
import { targetFolder } from './target-folder.ts';

/** What `execute` mounts that is not of the plan's own making. */
export interface ExecuteOptions {
  /** The writable copy of the project, for commands that write sources. */
  readonly scratch: string | null;
  /** What stands in the place of the project and of the view: for a box that sees nothing of the project. */
  readonly instead?: { readonly project: string; readonly view: string };
  /** Where it is noted what a build looks for, for a plan that does. */
  readonly record?: string;
  /** `may-run-again`: whoever calls decides what a failure comes to, and then has `giveUp` say it. */
  readonly failure?: 'final' | 'may-run-again';
}

/** All that a box stands on, before a door of it is open. */
export interface PreparedBox {
  readonly root: ResolvedBox['root'];
  readonly anchors: AnchorFolders;
  readonly target: string;
  readonly user: BoxIdentity;
}

/** Fetches the crates, then makes or finds the root, the target and what else the box mounts. */
export async function prepareBox(
  session: Session,
  planned: Planned,
  box: BoxStep,
  options: ExecuteOptions,
): Promise<Result<PreparedBox>> {
  const { plan, facts, settled } = planned;
  const fetched = await fetchCrates(session, planned);
  if (!fetched.ok) return fetched;
  const mountRoot = facts.project.mountRoot;
  const user = saidIdentity(session, planned);
  const root = await prepareRoot(session, planned, settled.pins);
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
  const variations = await prepareVariations(session, planned, box, root.value);
  if (!variations.ok) return variations;
  const covers = coverFolders(session.locations, facts.secrets);
  if (!covers.ok) return covers;
  const project = options.instead?.project ?? mountRoot;
  const anchors: AnchorFolders = {
    project,
    target: target.value,
    view: options.instead?.view ?? fetched.value.view.path,
    store: join(session.locations.cache, cacheFolders.store),
    ...(facts.toolchain === null ? {} : { toolchain: facts.toolchain.path }),
    'cargo-bin': join(facts.host.cargoHome, 'bin'),
    ...covers.value,
    home: session.homeDirectory,
    filesystem: '/',
    beside: dirname(project),
    ...(walls.value === null ? {} : { walls: walls.value }),
    ...(variations.value === null ? {} : { variations: variations.value }),
    ...(copy.value === null ? {} : { 'project-copy': copy.value }),
    ...(options.record === undefined ? {} : { record: options.record }),
    ...(options.scratch === null ? {} : { scratch: options.scratch }),
  };
  return success({ root: root.value, anchors, target: target.value, user });
}
