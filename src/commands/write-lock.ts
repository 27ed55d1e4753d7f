import { join, resolve } from 'node:path';
import { type Result, success } from '../base/result.ts';
import { writeProjectFile } from '../customs/write-project-file.ts';
import { isWithin } from '../facts/path-within.ts';
import { runLockWriting } from '../fetch/run-lock-writing.ts';
import { emptyTable, isTable, stringAt, tableAt } from '../toml/read-table.ts';
import type { Answer } from './answer.ts';
import { fetchInputs } from './pipeline/fetch.ts';
import { type Gathered, withNamed } from './pipeline/gather.ts';
import { makePlan } from './pipeline/make-plan.ts';
import type { ReadyCommand } from './pipeline/make-request.ts';
import type { Session } from './session.ts';

/** Crates that `cargo add` may have a member inherit, although no member does yet. Only those of the project. */
function inheritable({ facts: { project } }: Gathered, { classified }: ReadyCommand): readonly string[] {
  if (classified.tableEntry?.name !== 'add') return [];
  const declared = tableAt(project.manifests[0]?.content ?? emptyTable, 'workspace', 'dependencies');
  const root = join(project.mountRoot, project.workspace);
  const paths = Object.values(declared).map((entry) => (isTable(entry) ? stringAt(entry, 'path') : null));
  const folders = paths.flatMap((path) => (path === null ? [] : [resolve(root, path)]));
  return folders.filter((folder) => isWithin(folder, project.mountRoot));
}

/** update, add, remove, generate-lockfile: in the fetch box on the skeleton; manifests and lock come back. */
export async function writeLock(session: Session, gathered: Gathered, ready: ReadyCommand): Promise<Result<Answer>> {
  const { manifestPath, written } = ready;
  const named = [...ready.named, ...inheritable(gathered, ready)];
  const whole =
    named.length === 0
      ? success(gathered)
      : await withNamed(session, gathered, { manifestPath, named, written, project: 'needed' });
  if (!whole.ok) return whole;
  const planned = await makePlan(session, whole.value, ready.request);
  if (!planned.ok) return planned;
  const ended = await runLockWriting(fetchInputs(session, planned.value), ready.request.arguments);
  if (!ended.ok) return ended;
  // Also when it failed: `cargo add` leaves the manifest changed when the new dependency cannot be resolved.
  for (const { path, text } of ended.value.files) {
    const written = writeProjectFile({ root: gathered.facts.project.mountRoot, relative: path, content: text });
    if (!written.ok) return written;
  }
  return success({ status: ended.value.status, text: ended.value.output });
}
