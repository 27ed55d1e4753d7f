import type { Readable } from 'node:stream';
import { failure, type Result, success } from '../../base/result.ts';
import type { ImageStore, StoredImage } from '../../environment/image/image-store.ts';
import { printable } from '../../problem/problem.ts';
import type { RegistryLogin } from '../../registry/plain-login.ts';
import { type Connection, reasonOf } from './connect.ts';
import type { ContainerOwner } from './container-owner.ts';
import { followProgress } from './follow-progress.ts';
import { inspectImage } from './inspect-image.ts';
import { insideImage, lookAt, readInside } from './look-inside.ts';

/** The engine's images. `login` gives what the user's own docker configuration holds for the registry of a reference. */
export function createImageStore(
  connection: Connection,
  owner: ContainerOwner,
  login: (reference: string) => RegistryLogin | null,
): ImageStore {
  const { docker } = connection;
  return {
    inspect: async (reference) => {
      try {
        const image = await inspectImage(connection, reference);
        return success(image === null ? null : storedImage(image));
      } catch (error) {
        return failed(`the image ${printable(reference)} could not be looked up`, error);
      }
    },
    pull: async (reference, onProgress) => {
      try {
        const credentials = login(reference);
        const stream = (await docker.createImage(credentials ?? {}, { fromImage: reference })) as unknown as Readable;
        const followed = await followProgress(stream, (line) =>
          onProgress({
            status: line.status,
            layer: line.id,
            doneBytes: line.doneBytes,
            totalBytes: line.totalBytes,
          }),
        );
        if (followed.ok) return success(undefined);
        return failed(`the image ${printable(reference)} could not be pulled`, followed.problems[0]?.why ?? '');
      } catch (error) {
        return failed(`the image ${printable(reference)} could not be pulled`, error);
      }
    },
    look: (id, paths) =>
      reading(() =>
        insideImage(connection, owner, id, (container) => Promise.all(paths.map((path) => lookAt(container, path)))),
      ),
    read: (id, path, mostBytes) =>
      reading(() => insideImage(connection, owner, id, (container) => readInside(container, path, mostBytes))),
  };
}

async function reading<T>(read: () => Promise<T>): Promise<Result<T>> {
  try {
    return success(await read());
  } catch (error) {
    return failed('the image could not be read', error);
  }
}

function failed(what: string, error: unknown): Result<never> {
  const why = reasonOf(error);
  const denied = /unauthorized|denied|authentication required/i.test(why);
  const fix = denied
    ? 'Log in with `docker login REGISTRY`, or correct the name of the image.'
    : 'Check the name of the image and whether its registry can be reached from the engine.';
  return failure({ code: 'environment', what, why, fix });
}

interface InspectedImage {
  readonly Id: string;
  readonly RepoDigests?: readonly string[] | null;
  readonly RepoTags?: readonly string[] | null;
  readonly Os?: string;
  readonly Architecture?: string;
  readonly Config?: { readonly Env?: readonly string[] | null } | null;
}

function storedImage(image: InspectedImage): StoredImage {
  const entries = (image.Config?.Env ?? []).map((entry): [string, string] => {
    const split = entry.indexOf('=');
    return split < 0 ? [entry, ''] : [entry.slice(0, split), entry.slice(split + 1)];
  });
  return {
    id: image.Id,
    digests: image.RepoDigests ?? [],
    tags: image.RepoTags ?? [],
    operatingSystem: image.Os ?? '',
    architecture: image.Architecture ?? '',
    variables: Object.fromEntries(entries),
  };
}
