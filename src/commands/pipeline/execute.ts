import { failure, type Result, success } from '../../base/result.ts';
import type { Outcome } from '../../engine/engine.ts';
import type { Addition } from '../../lock/learned-additions.ts';
import { judgePlan } from '../../policy/judge-plan.ts';
import type { Session } from '../session.ts';
import { asIdentity } from './box-owner.ts';
import { boxStreams, type OpenStreams, presentationVariables } from './box-streams.ts';
import { withoutGone } from './cover-folders.ts';
import type { Planned } from './make-plan.ts';
import { openBoxDoors, reportDoors } from './open-box-doors.ts';
import { type ExecuteOptions, prepareBox } from './prepare-box.ts';
import { reapLeftovers } from './reap-leftovers.ts';
import { type AnchorFolders, resolveBox } from './resolve-box.ts';
import { sayDownloads } from './say-downloads.ts';
import { sayHidden } from './say-hidden.ts';
import { sayMissed } from './say-missed.ts';
import { sayMissingLayers } from './say-missing-layers.ts';
import { sayPlaces } from './say-places.ts';
import { tooOldTexts } from './say-too-old.ts';
import { sayWalls } from './say-walls.ts';

/** A box that has ended, and where its target is. */
export interface Executed {
  readonly outcome: Outcome;
  readonly target: string;
  readonly signs: ReturnType<OpenStreams['signs']>;
  /** Says what is only said of a command that is not run again. `useless`: what it failed with too. */
  giveUp(useless?: readonly Addition[]): Promise<void>;
}

interface Ran<Streams> extends Pick<Executed, 'outcome' | 'target'> {
  readonly anchors: AnchorFolders;
  readonly streams: Streams;
}

/** Runs a plan: judged, fetched, prepared, boxed. What it leaves in the target is for customs. */
export async function execute(
  session: Session,
  planned: Planned,
  options: ExecuteOptions = { scratch: null },
): Promise<Result<Executed>> {
  const ran = await runBox(session, planned, options, (anchors) => boxStreams(session, planned, anchors));
  if (!ran.ok) return ran;
  const { outcome, target, streams, anchors } = ran.value;
  const hasFailed = outcome.kind === 'finished' && outcome.status !== 0;
  const downloads = hasFailed ? streams.downloads() : [];
  if (hasFailed) {
    const named = streams.named();
    sayHidden(session, planned, named);
    sayMissed(session, planned, target, { named, downloads });
    sayDownloads(session, planned, anchors.view, downloads);
    sayWalls(session, planned, streams.refused());
  }
  const executed = {
    outcome,
    target,
    signs: streams.signs(),
    giveUp: async (useless: readonly Addition[] = []) => {
      streams.release();
      if (!hasFailed) return;
      const tooOld = streams.tooOld();
      for (const text of tooOldTexts(planned, tooOld, useless)) session.reporter.note(text);
      const said = new Set([...downloads, ...tooOld].map(({ crate }) => crate));
      sayPlaces(
        session,
        streams.places().filter(({ crate }) => !said.has(crate)),
        useless,
      );
      await sayMissingLayers(session, planned, streams.missing(), useless);
    },
  };
  if (options.failure !== 'may-run-again') await executed.giveUp();
  return success(executed);
}

/** The same with streams of one's own, and nothing said of how it ended. */
export async function runBox<Streams extends Pick<OpenStreams, 'box' | 'finished'>>(
  session: Session,
  planned: Planned,
  options: ExecuteOptions,
  open: (anchors: AnchorFolders) => Streams,
): Promise<Result<Ran<Streams>>> {
  const { plan, chosen, facts } = planned;
  const box = plan.box;
  if (box === null) throw new Error('a plan without a box cannot be executed');
  const verdicts = judgePlan(plan, chosen.report);
  if (verdicts.length > 0) return failure(...verdicts);
  const [, prepared] = await Promise.all([
    reapLeftovers(session, chosen.engine),
    prepareBox(session, planned, box, options),
  ]);
  if (!prepared.ok) return prepared;
  const { root, target, user } = prepared.value;
  const doors = await openBoxDoors(session, planned, box);
  if (!doors.ok) return doors;
  const { folder } = doors.value;
  const anchors = folder === null ? prepared.value.anchors : { ...prepared.value.anchors, doors: folder };
  const presentation = presentationVariables(session, planned);
  const step = withoutGone(box, anchors);
  const resolved = resolveBox(session.nextBox(), step, root, anchors, facts, presentation);
  const owned = asIdentity(session, resolved, user);
  const streams = open(anchors);
  session.reporter.pause();
  const outcome = await chosen.engine
    .run(owned, streams.box, session.interruption.signal)
    .finally(() => doors.value.close());
  await streams.finished();
  reportDoors(session, doors.value);
  return outcome.ok ? success({ outcome: outcome.value, target, streams, anchors }) : outcome;
}
