import { basename, dirname, join } from 'node:path';
import { type Result, success } from '../../base/result.ts';
import type { CopyInputs } from '../../customs/writable-copy.ts';
import type { Session } from '../session.ts';
import { type BoxIdentity, handToBox } from './box-owner.ts';
import { exclusively } from './exclusively.ts';
import type { Planned } from './make-plan.ts';

/** Beside the target that it belongs to, so that both go together. */
export function projectCopyFolder(target: string): string {
  return `${target}.project`;
}

/** The copy of `project-files: copy`, as the project is now; `null` where the box has the project itself. */
export async function prepareProjectCopy(
  session: Session,
  planned: Planned,
  target: string,
  user: BoxIdentity,
): Promise<Result<string | null>> {
  const isNeeded = planned.plan.box?.mounts.some(
    (mount) => mount.kind === 'bind' && mount.source.anchor === 'project-copy',
  );
  if (isNeeded !== true) return success(null);
  const { updateKeptCopy } = await import('../../customs/kept-copy.ts');
  const folder = projectCopyFolder(target);
  const bringUp = async (): Promise<Result<string>> => {
    const copy = await updateKeptCopy(copyInputs(planned, folder, user), `${folder}.json`);
    if (!copy.ok) return copy;
    handToBox(folder, user);
    for (const path of copy.value.skipped) session.reporter.note(`Not in the copy: ${path}`);
    return success(folder);
  };
  // One that finds the record of another's unfinished copy gone would take it for broken, and delete it below a box.
  const lock = `copy-${basename(dirname(target))}-${basename(target)}`;
  return exclusively(session, lock, 'copying the project', bringUp);
}

/** Without what a box must not see (of a configuration of git, not even the clean part) and the host's own results. */
export function copyInputs({ facts }: Planned, to: string, { kind, owner }: BoxIdentity): CopyInputs {
  const { mountRoot, workspace } = facts.project;
  const { secrets } = facts;
  const unseen = [...secrets.hidden, ...secrets.cleaned].map(({ path }) => path);
  const given = kind === 'stranger' ? { owner } : {};
  return { projectRoot: mountRoot, to, exclude: ['target', join(workspace, 'target'), ...unseen], ...given };
}
