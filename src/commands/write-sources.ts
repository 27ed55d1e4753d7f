import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Result, success } from '../base/result.ts';
import { type BringBackReport, bringBack } from '../customs/bring-back.ts';
import { deleteTree } from '../customs/delete-tree.ts';
import type { BringBackClass } from '../customs/what-comes-back.ts';
import { makeWritableCopy, type WritableCopy } from '../customs/writable-copy.ts';
import { exitCodeOf } from '../report/exit-code.ts';
import type { Answer } from './answer.ts';
import { boxIdentity, handToBox } from './pipeline/box-owner.ts';
import { execute } from './pipeline/execute.ts';
import type { Gathered } from './pipeline/gather.ts';
import { makePlan, type Planned } from './pipeline/make-plan.ts';
import type { ReadyCommand } from './pipeline/make-request.ts';
import { copyInputs } from './pipeline/project-copy.ts';
import { copiesFolder } from './pipeline/reap-leftovers.ts';
import type { Session } from './session.ts';

/** fmt, fix, clippy --fix: offline on a writable copy; only sources and manifests that changed come back. */
export async function writeSources(session: Session, gathered: Gathered, ready: ReadyCommand): Promise<Result<Answer>> {
  const planned = await makePlan(session, gathered, ready.request);
  return planned.ok ? runOnCopy(session, planned.value, { kind: 'sources' }) : planned;
}

/** Runs the plan on a copy of the project and brings back what is of the class, if cargo came to a good end or not. */
export async function runOnCopy(
  session: Session,
  planned: Planned,
  wanted: BringBackClass,
  content: CopyContent = 'whole',
): Promise<Result<Answer>> {
  const copies = join(session.locations.cache, copiesFolder);
  const folder = join(copies, session.runWord);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const user = boxIdentity(session, planned);
  try {
    handToBox(folder, user);
    const projectRoot = planned.facts.project.mountRoot;
    const copy =
      content === 'whole'
        ? await makeWritableCopy(copyInputs(planned, folder, user))
        : success(emptyCopy(folder, content.taken));
    if (!copy.ok) return copy;
    for (const path of copy.value.skipped) session.reporter.note(`Not in the copy: ${path}`);
    const executed = await execute(session, planned, { scratch: folder });
    if (!executed.ok) return executed;
    const { outcome } = executed.value;
    if (outcome.kind === 'finished') {
      const back = bringBack({ projectRoot, copy: copy.value, class: wanted });
      if (!back.ok) return back;
      nameDropped(session, back.value);
    }
    session.reporter.outcome(outcome);
    return success({ status: exitCodeOf(outcome) });
  } finally {
    await deleteTree({ within: copies, relative: session.runWord });
  }
}

/** `taken`: what is there already, so that cargo says so; nothing of it is in the copy. */
export type CopyContent = 'whole' | { readonly taken: string | null };

/** For a package that is made beside others: what is around it is not looked at. */
function emptyCopy(folder: string, taken: string | null): WritableCopy {
  if (taken !== null) mkdirSync(join(folder, taken), { recursive: true });
  const none = new Map<never, never>();
  return { folder, files: none, folders: new Set(), links: none, exclude: new Set(), skipped: [] };
}

function nameDropped(session: Session, { dropped, droppedCount }: BringBackReport): void {
  for (const { path, reason } of dropped) session.reporter.note(`Not brought back: ${path}: ${reason}`);
  if (droppedCount > dropped.length) session.reporter.note(`Not brought back: ${droppedCount - dropped.length} more`);
}
