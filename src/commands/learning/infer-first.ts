import { type Result, success } from '../../base/result.ts';
import type { CargoCommand } from '../../invocation/invocation.ts';
import { treeCommand } from '../../invocation/tree-command.ts';
import { treeFormat } from '../../learning/read-tree.ts';
import { suiteOf } from '../environments/suite-of.ts';
import type { Planned } from '../pipeline/make-plan.ts';
import type { PinsOf } from '../pipeline/project-pins.ts';
import type { Session } from '../session.ts';
import type { InferenceEnd } from './infer-layers.ts';
import { inferenceNote, isInferred } from './inference-note.ts';

/** A project with a lock has said what its root is; others are helped to find out, unless that is switched off. */
export function mayHaveLayersAdded({ settled, config }: Planned): boolean {
  if (config.infer.value === 'off' || config.pinned.value) return false;
  return settled.kind === 'own' && suiteOf(config, settled.pins) !== null;
}

/**
 * What is certain before anything is built, at the first build and after a change. A project that has not changed costs a
 * look at a note: no process is started, and what finds it out is not loaded.
 */
export async function inferFirst(
  session: Session,
  planned: Planned,
  builds: CargoCommand,
  pins: PinsOf = 'project',
): Promise<Result<InferenceEnd>> {
  const tree = mayHaveLayersAdded(planned) ? treeCommand(builds, treeFormat) : null;
  if (tree === null) return success('nothing');
  const note = inferenceNote(session, planned, tree);
  if (isInferred(note, planned)) return success('nothing');
  const { inferLayers } = await import('./infer-layers.ts');
  return inferLayers(session, planned, { note, tree, pins });
}
