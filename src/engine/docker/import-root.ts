import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { failure, type Result, success } from '../../base/result.ts';
import { makeNotedFolder } from '../../host/noted-path.ts';
import type { RootFolder } from '../engine.ts';
import { type Connection, reasonOf } from './connect.ts';
import { followProgress } from './follow-progress.ts';
import { rootImageName } from './image-names.ts';
import { inspectImage } from './inspect-image.ts';
import { loadImages } from './load-images.ts';

/** For some hundred megabytes on a slow disk. */
const takenWithinMs = 10 * 60_000;
const rootLabel = 'cargo-boxed.root';

/**
 * Makes a prepared root directory known to the engine as an image, once: gives the image's id. One that was made of
 * another root is a layer on top of that one's image, which all roots on the same base share. What lies on the disk for a
 * moment is noted in `state`.
 */
export async function importRoot(
  connection: Connection,
  root: RootFolder,
  base: RootFolder | null,
  state: string,
): Promise<Result<string>> {
  try {
    const known = await findRoot(connection, root.sha256);
    if (known !== null) return success(known);
    if (base === null) return await importWhole(connection, root);
    const below = await importRoot(connection, base, null, state);
    if (!below.ok) return below;
    const added = await addLayer(connection, root, { ...base, id: below.value }, state);
    // An engine that wants every layer in the archive gets the root as one of its own.
    return added === null ? await importWhole(connection, root) : success(added);
  } catch (error) {
    return notImported(reasonOf(error));
  }
}

async function importWhole(connection: Connection, { path, sha256 }: RootFolder): Promise<Result<string>> {
  const { packRoot } = await import('../../archive/pack-root.ts');
  // Podman 4.3 does not read the tag of its own.
  const options = { repo: rootImageName(sha256), changes: `LABEL ${rootLabel}=${sha256}` };
  const stream = (await connection.docker.importImage(packRoot(path), options)) as unknown as Readable;
  const followed = await followProgress(stream);
  if (!followed.ok) return notImported(followed.problems[0]?.why ?? '');
  const made = await findRoot(connection, sha256);
  return made === null ? notImported('the engine does not show it afterwards') : success(made);
}

/** `null`: this engine does not take a layer alone. */
async function addLayer(
  connection: Connection,
  root: RootFolder,
  base: RootFolder & { readonly id: string },
  state: string,
): Promise<string | null> {
  const image = await inspectImage(connection, base.id);
  const below = image?.RootFS.Layers ?? [];
  if (image === null || below.length === 0) return null;
  const [{ packDifference }, { packImage, writeSummed }] = await Promise.all([
    import('../../archive/pack-root.ts'),
    import('../../archive/pack-image.ts'),
  ]);
  const { path: folder, forget } = makeNotedFolder(state, join(tmpdir(), 'cargo-boxed-layer-'));
  try {
    const file = join(folder, 'layer.tar');
    const sha256 = await writeSummed(packDifference(base.path, root.path), file);
    const archive = packImage({
      below,
      file,
      sha256,
      architecture: image.Architecture,
      labels: { [rootLabel]: root.sha256 },
      name: rootImageName(root.sha256),
    });
    const loaded = await loadImages(connection, archive, takenWithinMs);
    return loaded.ok ? await findRoot(connection, root.sha256) : null;
  } catch {
    return null;
  } finally {
    await rm(folder, { recursive: true, force: true });
    forget();
  }
}

async function findRoot(connection: Connection, rootSha256: string): Promise<string | null> {
  const image = await inspectImage(connection, rootImageName(rootSha256));
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
