import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Container } from 'dockerode';
import { failure, type Result, success } from '../../base/result.ts';
import type { ImageStore, PathInImage, StoredImage } from '../../environment/image/image-store.ts';
import { printable } from '../../problem/problem.ts';
import { type Connection, reasonOf, statusOf } from './connect.ts';
import { type ContainerOwner, idLabel, ownerLabel, writeOwner } from './container-owner.ts';
import { deadline, endsWithin } from './deadline.ts';
import { followProgress } from './follow-progress.ts';
import { inspectImage } from './inspect-image.ts';
import type { RegistryLogin } from './registry-login.ts';

const answerWithinMs = 60_000;

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
    look: (id, paths) => lookInside(connection, owner, id, paths),
  };
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

/** Reads from a container that is made and never started: no code of the image runs. */
async function lookInside(
  connection: Connection,
  owner: ContainerOwner,
  id: string,
  paths: readonly string[],
): Promise<Result<readonly PathInImage[]>> {
  const name = `look-${randomBytes(8).toString('hex')}`;
  try {
    const container = await deadline(
      connection.docker.createContainer({
        name: `cargo-boxed-${name}`,
        Image: id,
        Entrypoint: [],
        Cmd: ['never-started'],
        Labels: { [idLabel]: name, [ownerLabel]: writeOwner(owner) },
        HostConfig: { NetworkMode: 'none' },
      }),
      answerWithinMs,
      'the image',
    );
    try {
      return success(await Promise.all(paths.map((path) => lookAt(container, path))));
    } finally {
      await endsWithin(container.remove({ force: true, v: true }), answerWithinMs);
    }
  } catch (error) {
    return failed('the image could not be read', error);
  }
}

/** Bits of Go's file mode, in which the engine answers. */
const goFolder = 0x8000_0000;
const goLink = 0x0800_0000;

async function lookAt(container: Container, path: string): Promise<PathInImage> {
  try {
    const answer = (await container.infoArchive({ path })) as unknown as Readable & {
      headers?: Record<string, string>;
    };
    answer.resume();
    const header = answer.headers?.['x-docker-container-path-stat'] ?? '';
    const stat = JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as { mode: number; linkTarget?: string };
    // Go's bits go beyond the 31 that `&` takes.
    const has = (bit: number) => Math.floor(stat.mode / bit) % 2 === 1;
    return { path, kind: has(goFolder) ? 'folder' : has(goLink) ? 'link' : 'file' };
  } catch (error) {
    if (statusOf(error) === 404) return { path, kind: 'none' };
    throw error;
  }
}
