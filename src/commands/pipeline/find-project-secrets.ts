import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import type { OutsideSecrets, ProjectFacts, SecretFacts } from '../../facts/facts.ts';
import { findSecrets, type SecretSearch } from '../../facts/find-secrets.ts';
import { outsidePaths } from '../../facts/outside-paths.ts';
import { projectKey } from '../../host/project-key.ts';
import type { Session } from '../session.ts';

/** `repository`: only the `.git` of the folder is looked at, since nothing else of it is mounted or copied. */
export type SecretScope = SecretSearch['scope'];

/** What a box must not see of this project. Our own folders and those of rustup count as the user's, wherever they lie. */
export function findProjectSecrets(
  session: Session,
  project: Pick<ProjectFacts, 'mountRoot' | 'workspace' | 'outside'>,
  config: Config,
  scope: SecretScope = 'project',
): Result<SecretFacts> {
  const { mountRoot, workspace } = project;
  const found = findSecrets({ ...searchIn(session, mountRoot), workspace, scope, show: config.show.value });
  if (!found.ok) return found;
  const outside: OutsideSecrets[] = [];
  for (const { source, folder } of scope === 'project' ? grantedFolders(session, project, config) : []) {
    const there = findSecrets({ ...searchIn(session, folder), workspace: '', scope, show: [] });
    if (!there.ok) return there;
    const { hidden, cleaned } = there.value;
    if (hidden.length + cleaned.length > 0) outside.push({ source, hidden, cleaned });
  }
  return success({ ...found.value, outside });
}

function searchIn({ locations, host, rustupHome }: Session, mountRoot: string) {
  const { data, cache, state, userConfig } = locations;
  return {
    mountRoot,
    toolPaths: [host.cargoHome, rustupHome, data, cache, state, userConfig],
    cacheFile: join(state, 'listings', `${projectKey(mountRoot, '')}.json`),
  };
}

/** Folders outside of the project that were granted. A file was granted by its name, and a link is refused later. */
function grantedFolders(
  { homeDirectory }: Session,
  project: Pick<ProjectFacts, 'mountRoot' | 'outside'>,
  config: Config,
): readonly { readonly source: string; readonly folder: string }[] {
  const sources = [
    ...outsidePaths(project).map((path) => ({ source: path, folder: join(project.mountRoot, path) })),
    ...config.mounts.value.map(({ source }) => ({
      source,
      folder: source.startsWith('~/') ? join(homeDirectory, source.slice(2)) : source,
    })),
  ];
  return sources.filter(({ folder }) => {
    const isFolder = lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
    return isFolder && realpathSync(folder) === folder;
  });
}
