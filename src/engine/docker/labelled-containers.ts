import { failure, type Result, success } from '../../base/result.ts';
import { type Connection, reasonOf } from './connect.ts';
import { deadline } from './deadline.ts';

/** A container that somebody else's tool made. */
export interface LabelledContainer {
  readonly id: string;
  /** `sha256:…`: what it really stands on, whatever it was called. */
  readonly imageId: string;
}

export async function containersWith(
  { docker }: Connection,
  label: string,
): Promise<Result<readonly LabelledContainer[]>> {
  try {
    const query = { all: true, filters: { label: [label] } };
    const found = await deadline(docker.listContainers(query), 10_000, 'its containers');
    return success(found.map(({ Id, ImageID }) => ({ id: Id, imageId: ImageID })));
  } catch (error) {
    return failure({ code: 'engine-failed', what: 'the containers could not be looked up', why: reasonOf(error) });
  }
}
