import { join } from 'node:path';
import type { ProjectFacts } from '../../facts/facts.ts';
import { projectKey } from '../../host/project-key.ts';

/** The file, below the state, of what was looked at in a project: one for each. */
export function learningMemory({ mountRoot, workspace }: ProjectFacts): string {
  return join('learning', `${projectKey(mountRoot, workspace)}.json`);
}
