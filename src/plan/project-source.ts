import type { Anchor } from './box-plan.ts';
import type { PlanInputs } from './plan-inputs.ts';

/** What of the project a box gets: itself, read-only, or a writable copy. */
export function projectSource({
  request,
  config,
}: Pick<PlanInputs, 'request' | 'config'>): Extract<Anchor, 'project' | 'scratch' | 'project-copy'> {
  if (request.class === 'source-writing' || request.class === 'creating') return 'scratch';
  return config.projectFiles.value === 'copy' ? 'project-copy' : 'project';
}
