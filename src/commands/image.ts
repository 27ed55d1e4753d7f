import { type Result, success } from '../base/result.ts';
import type { Config } from '../config/config.ts';
import type { DockerEngine } from '../engine/docker/create-docker-engine.ts';
import type { PreparedRoot } from '../engine/engine.ts';
import type { PullProgress } from '../environment/image/image-store.ts';
import type { ImagePins } from '../lock/pins.ts';
import { readPins } from '../lock/read-pins.ts';
import { writeOwnPins } from '../lock/write-pins.ts';
import { openDocker } from './choose-engine.ts';
import type { Session } from './session.ts';

/** The user's pins of an image for a project without a lock, made at the first use: the tag is asked for once. */
export async function ownImagePins(session: Session, config: Config, file: string): Promise<Result<ImagePins>> {
  const known = readPins(file);
  if (!known.ok) return known;
  const image = known.value?.image;
  if (image !== undefined && image.reference === config.image.value) return success(image);
  const fresh = await freshImagePins(session, config);
  if (!fresh.ok) return fresh;
  const written = writeOwnPins(file, { version: 1, image: fresh.value });
  return written.ok ? fresh : written;
}

/** What the reference names today. */
export async function freshImagePins(session: Session, config: Config): Promise<Result<ImagePins>> {
  const reference = config.image.value;
  if (reference === null) throw new Error('the image environment without an image');
  const opened = await openDocker(session);
  if (!opened.ok) return opened;
  const store = await (opened.value.docker as DockerEngine).images();
  if (!store.ok) return store;
  const { resolveImage } = await import('../environment/image/resolve-image.ts');
  return resolveImage(store.value, reference, onPull(session));
}

/** The pinned image, pulled if need be, and only if a build can run in it. */
export async function imageRoot(
  session: Session,
  config: Config,
  docker: DockerEngine,
  pins: ImagePins,
): Promise<Result<PreparedRoot>> {
  const store = await docker.images();
  if (!store.ok) return store;
  const { prepareImage } = await import('../environment/image/resolve-image.ts');
  const { inspectImage, judgeImage } = await import('../environment/image/inspect-image.ts');
  const prepared = await prepareImage(store.value, pins, onPull(session));
  if (!prepared.ok) return prepared;
  const { architecture } = session.host;
  const facts = await inspectImage(store.value, prepared.value.image, architecture);
  if (!facts.ok) return facts;
  const { image, root } = prepared.value;
  const judged = judgeImage(pins.reference, image, facts.value, config.toolchain.value, architecture);
  return judged.ok ? success(root) : judged;
}

function onPull(session: Session): (progress: PullProgress) => void {
  return ({ status, layer, doneBytes, totalBytes }) => {
    const fraction = doneBytes !== null && totalBytes !== null && totalBytes > 0 ? doneBytes / totalBytes : undefined;
    session.reporter.progress(layer === null ? status : `${status} ${layer}`, fraction);
  };
}
