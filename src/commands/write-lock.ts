import { type Result, success } from '../base/result.ts';
import { writeProjectFile } from '../customs/write-project-file.ts';
import { runLockWriting } from '../fetch/run-lock-writing.ts';
import type { Answer } from './answer.ts';
import { fetchInputs } from './fetch.ts';
import type { Gathered } from './gather.ts';
import { makePlan } from './make-plan.ts';
import type { ReadyCommand } from './make-request.ts';
import type { Session } from './session.ts';

/** update, add, remove, generate-lockfile: in the fetch box on the skeleton; manifests and lock come back. */
export async function writeLock(session: Session, gathered: Gathered, ready: ReadyCommand): Promise<Result<Answer>> {
  const planned = await makePlan(session, gathered, ready.request);
  if (!planned.ok) return planned;
  const ended = await runLockWriting(fetchInputs(session, planned.value), ready.request.arguments);
  if (!ended.ok) return ended;
  if (ended.value.status === 0) {
    for (const { path, text } of ended.value.files) {
      const written = writeProjectFile({ root: gathered.facts.project.mountRoot, relative: path, content: text });
      if (!written.ok) return written;
    }
  }
  return success({ status: ended.value.status, text: ended.value.output });
}
