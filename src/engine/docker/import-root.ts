import type { Readable } from 'node:stream';
import { failure, type Result, success } from '../../base/result.ts';
import { type Connection, reasonOf } from './connect.ts';
import { followProgress } from './follow-progress.ts';
import { inspectImage } from './inspect-image.ts';

export const rootRepository = 'cargo-boxed/root';
const rootLabel = 'cargo-boxed.root';

/**
 * Makes a prepared root directory known to the engine as an image, once: gives the image's id. The label holds the
 * whole hash, since a tag can be moved and is short.
 */
export async function importRoot(
  connection: Connection,
  directory: string,
  rootSha256: string,
): Promise<Result<string>> {
  const { docker } = connection;
  const name = `${rootRepository}:${rootSha256.slice(0, 12)}`;
  try {
    const known = await findRoot(connection, name, rootSha256);
    if (known !== null) return success(known);
    const { packRoot } = await import('../../archive/pack-root.ts');
    // Podman 4.3 does not read the tag of its own.
    const options = { repo: name, changes: `LABEL ${rootLabel}=${rootSha256}` };
    const stream = (await docker.importImage(packRoot(directory), options)) as unknown as Readable;
    const followed = await followProgress(stream);
    if (!followed.ok) return notImported(followed.problems[0]?.why ?? '');
    const made = await findRoot(connection, name, rootSha256);
    return made === null ? notImported('the engine does not show it afterwards') : success(made);
  } catch (error) {
    return notImported(reasonOf(error));
  }
}

async function findRoot(connection: Connection, name: string, rootSha256: string): Promise<string | null> {
  const image = await inspectImage(connection, name);
  return image?.Config.Labels?.[rootLabel] === rootSha256 ? image.Id : null;
}

function notImported(why: string): Result<never> {
  return failure({
    code: 'environment',
    what: 'the engine could not take the root file system',
    why,
    fix: 'Free some space where the engine keeps its images (`docker system df`), then run it again.',
  });
}
