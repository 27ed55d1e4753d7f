import { join } from 'node:path';
import { type Result, success } from '../../base/result.ts';
import { exportArtifacts } from '../../customs/export-artifacts.ts';
import { canariesOfHost } from '../../facts/canaries-of-host.ts';
import { projectKey } from '../../host/project-key.ts';
import type { Session } from '../session.ts';
import type { Planned } from './make-plan.ts';
import type { ReadyCommand } from './make-request.ts';

/** Brings what a person looks for out of the target into the project, and names what may not pass. */
export async function exportResults(
  session: Session,
  { plan, facts }: Planned,
  ready: ReadyCommand,
  target: string,
): Promise<Result<void>> {
  if (plan.exports === null) return success(undefined);
  const { mountRoot, workspace } = facts.project;
  const key = projectKey(mountRoot, workspace);
  const relative = ready.exportDirectory ?? plan.exports.to;
  const exported = await exportArtifacts({
    from: join(target, plan.exports.from),
    to: { projectRoot: mountRoot, relative },
    record: join(session.locations.state, 'exports', `${key}.json`),
    areas: ready.exportAreas,
    ...(plan.exports.check === 'names' ? { canaries: canariesOfHost(session.host.variables) } : {}),
  });
  if (!exported.ok) return exported;
  const { refused, refusedCount } = exported.value;
  for (const { path, reason } of refused) session.reporter.note(`Not exported: ${path}: ${reason}`);
  if (refusedCount > refused.length) session.reporter.note(`Not exported: ${refusedCount - refused.length} more`);
  session.reporter.exported(exported.value);
  return success(undefined);
}
