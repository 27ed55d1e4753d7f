import type { ImageInspectInfo } from 'dockerode';
import { type Connection, statusOf } from './connect.ts';
import { deadline } from './deadline.ts';

const answerWithinMs = 60_000;

/** What the engine knows of an image, by a name, a digest or an id; `null` when it is not there. Rejects as the engine does. */
export async function inspectImage(
  { docker, imageVariables }: Connection,
  reference: string,
): Promise<ImageInspectInfo | null> {
  try {
    const image = await deadline(docker.getImage(reference).inspect(), answerWithinMs, 'the image');
    imageVariables.set(image.Id, variableNames(image));
    return image;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** Names of the variables that an image brings along. Its id is its content: what was heard of it once holds. */
export async function imageVariables(connection: Connection, id: string): Promise<readonly string[]> {
  const known = connection.imageVariables.get(id);
  if (known !== undefined) return known;
  const image = await inspectImage(connection, id);
  if (image === null) throw new Error('the image is not there any more');
  return variableNames(image);
}

function variableNames({ Config }: ImageInspectInfo): readonly string[] {
  return (Config.Env ?? []).map((entry) => entry.split('=', 1)[0] ?? entry);
}
