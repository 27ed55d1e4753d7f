import type { Readable } from 'node:stream';
import { failure, type Result, success } from '../../base/result.ts';
import { printable } from '../../problem/problem.ts';
import { type Connection, reasonOf } from './connect.ts';
import { deadline } from './deadline.ts';
import { followProgress } from './follow-progress.ts';
import { inspectImage } from './inspect-image.ts';

/** An image by what it is made of. */
export interface DescribedImage {
  /** Sums of the contents of its layers, the lowest first: `sha256:…`. */
  readonly layers: readonly string[];
  readonly user: string;
  readonly variables: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** Some gigabytes on a slow disk. */
const loadedWithinMs = 30 * 60_000;

/** Hands an archive of images to the engine, which has this long for each of its answers. */
export async function loadImages(
  { docker }: Connection,
  archive: Readable,
  withinMs = loadedWithinMs,
): Promise<Result<void>> {
  const failed = (why: string) =>
    failure({
      code: 'engine-failed',
      what: 'the engine could not take the image',
      why,
      fix: 'Free some space where the engine keeps its images (`docker system df`), then run it again.',
    } as const);
  try {
    const loading = deadline(docker.loadImage(archive), withinMs, 'the image');
    const followed = await deadline(followProgress((await loading) as unknown as Readable), withinMs, 'the image');
    return followed.ok ? success(undefined) : failed(followed.problems[0]?.why ?? '');
  } catch (error) {
    return failed(reasonOf(error));
  }
}

export async function describeImage(connection: Connection, reference: string): Promise<Result<DescribedImage | null>> {
  try {
    const image = await inspectImage(connection, reference);
    if (image === null) return success(null);
    const { Config, RootFS } = image;
    return success({
      layers: RootFS.Layers ?? [],
      user: Config.User ?? '',
      variables: Config.Env ?? [],
      labels: Config.Labels ?? {},
    });
  } catch (error) {
    const what = `the image ${printable(reference, 120)} could not be looked up`;
    return failure({ code: 'environment', what, why: reasonOf(error) });
  }
}
