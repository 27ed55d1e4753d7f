import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import type { ProjectFacts } from '../facts/facts.ts';
import { cacheFolders, type Locations } from '../host/locations.ts';
import { projectKey } from '../host/project-key.ts';
import { writeTargetNote } from './target-note.ts';

/**
 * The target of one project and one identity, in the cache: made by boxes, so everything in it is hostile. Cargo's
 * target and build directories lie below it.
 */
export function targetFolder(locations: Locations, project: ProjectFacts, identity: string): Result<string> {
  const key = projectKey(project.mountRoot, project.workspace);
  const folder = join(locations.cache, cacheFolders.targets, key, identity);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeTargetNote(join(locations.cache, cacheFolders.targets, key), join(project.mountRoot, project.workspace));
    return success(folder);
  } catch (error) {
    return failure({
      code: 'storage',
      what: `the target directory ${folder} cannot be made`,
      why: (error as NodeJS.ErrnoException).code ?? 'it failed',
      fix: 'Make the cache folder writable, or set CARGO_BOXED_HOME to another one.',
    });
  }
}
