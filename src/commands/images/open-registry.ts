import { type Result, success } from '../../base/result.ts';
import { readReference } from '../../environment/image/image-reference.ts';
import { findHostNetwork } from '../../fetch/find-host-network.ts';
import type { RegistryClient } from '../../registry/registry-client.ts';
import type { RegistryPlace } from '../../registry/registry-place.ts';
import { forbiddenFolders } from '../pipeline/forbidden-folders.ts';
import type { Session } from '../session.ts';

/** The place of a reference in its registry, and the way there with the user's own login. Close the client. */
export async function openRegistry(
  session: Session,
  mountRoot: string,
  reference: string,
  scope: 'pull' | 'pull,push',
): Promise<Result<{ readonly place: RegistryPlace; readonly client: RegistryClient }>> {
  const name = readReference(reference);
  if (!name.ok) return name;
  const { registryPlace } = await import('../../registry/registry-place.ts');
  const place = registryPlace(name.value.repository, name.value);
  if (!place.ok) return place;
  const { variables } = session.host;
  const { dockerFolder } = await import('../../registry/docker-config.ts');
  const { findLogin } = await import('../../registry/find-login.ts');
  const forbidden = forbiddenFolders(session, mountRoot);
  const login = await findLogin(
    { folder: dockerFolder(variables, session.homeDirectory), variables, forbidden },
    place.value.host,
  );
  if (!login.ok) return login;
  const { registryClient } = await import('../../registry/registry-client.ts');
  const { certificates } = findHostNetwork(variables, {});
  const interrupted = session.interruption.signal;
  const access = { place: place.value, login: login.value, certificates, variables, interrupted };
  return success({ place: place.value, client: registryClient(access, scope) });
}
