import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import type { ProjectFacts } from '../../facts/facts.ts';
import { cacheFolders, type Locations } from '../../host/locations.ts';
import { projectKey } from '../../host/project-key.ts';
import { notKept } from '../../problem/full-disk.ts';
import { type BoxIdentity, handToBox } from './box-owner.ts';
import { writeTargetNote } from './target-note.ts';

/** Where it lies. What a stranger made, the caller's own boxes could not change: each has a target of its own. */
export function targetPath(
  { cache }: Locations,
  { mountRoot, workspace }: ProjectFacts,
  identity: string,
  { kind, owner }: BoxIdentity,
): string {
  const name = kind === 'stranger' ? `${identity}-${owner.uid}` : identity;
  return join(cache, cacheFolders.targets, projectKey(mountRoot, workspace), name);
}

/**
 * The target of one project and one identity, in the cache: made by boxes, so everything in it is hostile. Cargo's
 * target and build directories lie below it.
 */
export function targetFolder(
  locations: Locations,
  project: ProjectFacts,
  identity: string,
  user: BoxIdentity,
): Result<string> {
  const key = projectKey(project.mountRoot, project.workspace);
  const folder = targetPath(locations, project, identity, user);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    handToBox(folder, user);
    writeTargetNote(join(locations.cache, cacheFolders.targets, key), join(project.mountRoot, project.workspace));
    return success(folder);
  } catch (error) {
    return failure(
      notKept(
        `the target directory ${folder} cannot be made`,
        error,
        'Make the cache folder writable, or set CARGO_BOXED_HOME to another one.',
      ),
    );
  }
}
