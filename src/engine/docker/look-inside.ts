import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Container } from 'dockerode';
import type { PathInImage } from '../../environment/image/image-store.ts';
import { type Connection, statusOf } from './connect.ts';
import { type ContainerOwner, idLabel, ownerLabel, writeOwner } from './container-owner.ts';
import { deadline, endsWithin } from './deadline.ts';

const answerWithinMs = 60_000;

/** Does something with a container of the image that is made, never started and removed: no code of the image runs. */
export async function insideImage<T>(
  connection: Connection,
  owner: ContainerOwner,
  id: string,
  look: (container: Container) => Promise<T>,
): Promise<T> {
  const name = `look-${randomBytes(8).toString('hex')}`;
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
    return await look(container);
  } finally {
    await endsWithin(container.remove({ force: true, v: true }), answerWithinMs);
  }
}

/** Bits of Go's file mode, in which the engine answers. */
const goFolder = 0x8000_0000;
const goLink = 0x0800_0000;

export async function lookAt(container: Container, path: string): Promise<PathInImage> {
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

/** A regular file; `null` where there is none, or a larger one. */
export async function readInside(container: Container, path: string, mostBytes: number): Promise<Buffer | null> {
  const { readSingleFile } = await import('../../archive/read-single-file.ts');
  try {
    const tar = (await deadline(container.getArchive({ path }), answerWithinMs, 'the image')) as unknown as Readable;
    return await deadline(readSingleFile(tar, mostBytes), answerWithinMs, 'the image');
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}
