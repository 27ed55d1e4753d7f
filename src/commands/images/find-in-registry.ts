import { type Result, success } from '../../base/result.ts';
import type { RegistryImage } from '../../registry/read-registry-image.ts';
import type { Session } from '../session.ts';
import { openRegistry } from './open-registry.ts';

/** The image of a name in its registry, of one architecture (`amd64`); `null`: the registry has none. */
export async function findInRegistry(
  session: Session,
  mountRoot: string,
  name: string,
  architecture: string,
): Promise<Result<RegistryImage | null>> {
  const opened = await openRegistry(session, mountRoot, name, 'pull');
  if (!opened.ok) return opened;
  const { place, client } = opened.value;
  try {
    const { readRegistryImage } = await import('../../registry/read-registry-image.ts');
    return await readRegistryImage(client, place, architecture);
  } finally {
    await client.close();
  }
}

/** What is known of an image that a registry is to have. */
export type Whereabouts = { readonly kind: 'there' | 'gone' } | { readonly kind: 'not-asked'; readonly why: string };

/** Whether a registry still has this image, by its digest. A registry that cannot be asked is no answer, and no failure. */
export async function whereabouts(
  session: Session,
  mountRoot: string,
  name: string,
  architecture: string,
): Promise<Result<Whereabouts>> {
  const found = await findInRegistry(session, mountRoot, name, architecture);
  if (found.ok) return success({ kind: found.value === null ? 'gone' : 'there' });
  const [problem] = found.problems;
  if (problem?.code !== 'registry-failed') return found;
  return success({
    kind: 'not-asked',
    why: [problem.what, problem.why].filter((text) => text !== undefined).join(': '),
  });
}
