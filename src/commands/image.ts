import { type Result, success } from '../base/result.ts';
import type { Config } from '../config/config.ts';
import type { DockerEngine } from '../engine/docker/create-docker-engine.ts';
import type { PreparedRoot } from '../engine/engine.ts';
import type { ImageStore, PullProgress } from '../environment/image/image-store.ts';
import type { ImagePins } from '../lock/pins.ts';
import { keptPins, readPins } from '../lock/read-pins.ts';
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
  const written = writeOwnPins(file, { ...keptPins(file), image: fresh.value });
  return written.ok ? fresh : written;
}

/** What the reference names today, if a build can run in it: looked at once, so that no build has to. */
export async function freshImagePins(session: Session, config: Config): Promise<Result<ImagePins>> {
  const reference = config.image.value;
  if (reference === null) throw new Error('the image environment without an image');
  const store = await imageStore(session);
  if (!store.ok) return store;
  const { prepareImage, resolveImage } = await import('../environment/image/resolve-image.ts');
  const { inspectImage, judgeImage } = await import('../environment/image/inspect-image.ts');
  const resolved = await resolveImage(store.value, reference, onPull(session));
  if (!resolved.ok) return resolved;
  const prepared = await prepareImage(store.value, resolved.value, onPull(session));
  if (!prepared.ok) return prepared;
  const { architecture } = session.host;
  const facts = await inspectImage(store.value, prepared.value.image, architecture);
  if (!facts.ok) return facts;
  const judged = judgeImage(reference, prepared.value.image, facts.value, config.toolchain.value, architecture);
  if (!judged.ok) return judged;
  return success({ ...resolved.value, cargo: facts.value.cargo, variables: facts.value.variables });
}

/** The pinned image, pulled if need be. */
export async function imageRoot(
  session: Session,
  docker: DockerEngine,
  pins: ImagePins,
): Promise<Result<PreparedRoot>> {
  const store = await docker.images();
  if (!store.ok) return store;
  const { prepareImage } = await import('../environment/image/resolve-image.ts');
  const prepared = await prepareImage(store.value, pins, onPull(session));
  return prepared.ok ? success(prepared.value.root) : prepared;
}

async function imageStore(session: Session): Promise<Result<ImageStore>> {
  const opened = await openDocker(session);
  return opened.ok ? (opened.value.docker as DockerEngine).images() : opened;
}

export function onPull(session: Session): (progress: PullProgress) => void {
  return ({ status, layer, doneBytes, totalBytes }) => {
    const fraction = doneBytes !== null && totalBytes !== null && totalBytes > 0 ? doneBytes / totalBytes : undefined;
    session.reporter.progress(layer === null ? status : `${status} ${layer}`, fraction);
  };
}
