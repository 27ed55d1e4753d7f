import { join } from 'node:path';
import type { Result } from '../base/result.ts';
import type { Config } from '../config/config.ts';
import type { ProjectFacts, SecretFacts } from '../facts/facts.ts';
import { findSecrets } from '../facts/find-secrets.ts';
import { projectKey } from '../host/project-key.ts';
import type { Session } from './session.ts';

/** `repository`: only the `.git` of the folder is looked at, since nothing else of it is mounted or copied. */
export type SecretScope = 'project' | 'repository';

/** What a box must not see of this project. Our own folders and those of rustup count as the user's, wherever they lie. */
export function findProjectSecrets(
  session: Session,
  { mountRoot, workspace }: Pick<ProjectFacts, 'mountRoot' | 'workspace'>,
  config: Config,
  scope: SecretScope = 'project',
): Result<SecretFacts> {
  const { data, cache, state, userConfig } = session.locations;
  return findSecrets({
    mountRoot,
    workspace,
    scope,
    show: config.show.value,
    toolPaths: [session.host.cargoHome, session.rustupHome, data, cache, state, userConfig],
    cacheFile: join(state, 'listings', `${projectKey(mountRoot, '')}.json`),
  });
}
