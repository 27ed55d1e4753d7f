import type { Container } from 'dockerode';
import { type Connection, reasonOf } from './connect.ts';
import { idLabel, ownerLabel } from './container-owner.ts';
import { deadline } from './deadline.ts';
import { madeImageName } from './image-names.ts';
import { inspectImage } from './inspect-image.ts';

const madeLabel = 'cargo-boxed.image';

/** Writing down what a container has changed takes as long as its files are large. */
const committedWithinMs = 10 * 60_000;

/** The id of the image that was made under this sum; `null` when there is none. Rejects as the engine does. */
export async function findMadeImage(connection: Connection, sum: string): Promise<string | null> {
  const image = await inspectImage(connection, madeImageName(sum));
  return image?.Config.Labels?.[madeLabel] === sum ? image.Id : null;
}

/**
 * Keeps what a container has changed as an image: one layer on top of its own. The words that say whose container it
 * was are taken out: whatever is made of the image is not ours to remove.
 */
export async function keepAsImage(container: Container, sum: string): Promise<void> {
  const [repo, tag] = madeImageName(sum).split(':');
  const changes = `LABEL ${madeLabel}=${sum} ${idLabel}="" ${ownerLabel}=""`;
  try {
    const query = { container: container.id, repo, tag, changes };
    // The library would send every option twice, also as a body that means something else.
    await deadline(
      container.commit({ _query: query, _body: {} } as Parameters<Container['commit']>[0]),
      committedWithinMs,
      'the new image',
    );
  } catch (error) {
    throw new Error(`the image could not be kept: ${reasonOf(error)}`);
  }
}
