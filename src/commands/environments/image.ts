import { type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import type { DockerEngine } from '../../engine/docker/create-docker-engine.ts';
import type { PreparedRoot } from '../../engine/engine.ts';
import type { PreparedImage } from '../../environment/image/resolve-image.ts';
import { sha256 } from '../../host/project-key.ts';
import { type Additions, areSameAdditions, hasAdditions } from '../../layers/additions.ts';
import type { ImagePins } from '../../lock/pins.ts';
import { keptPins, readPins } from '../../lock/read-pins.ts';
import { writeOwnPins } from '../../lock/write-pins.ts';
import { addedText } from '../../plan/plan-environment.ts';
import { openDocker } from '../pipeline/choose-engine.ts';
import type { Session } from '../session.ts';
import { noteImage } from './kept-images.ts';
import { onPull } from './on-pull.ts';

/**
 * The user's pins of an image for a project without a lock, made at the first use: the tag is asked for once, and what
 * is added to it is resolved again when it is another set.
 */
export async function ownImagePins(
  session: Session,
  config: Config,
  mountRoot: string,
  file: string,
  additions: Additions,
): Promise<Result<ImagePins>> {
  const known = readPins(file);
  if (!known.ok) return known;
  const kept = known.value?.image?.reference === config.image.value ? known.value?.image : undefined;
  if (kept !== undefined && hasExactly(kept, additions)) return success(kept);
  const image = kept === undefined ? await freshImagePins(session, config) : success(kept);
  if (!image.ok) return image;
  const added = await addedPins(session, config, mountRoot, image.value, additions);
  if (!added.ok) return added;
  const written = writeOwnPins(file, { ...keptPins(file), image: added.value });
  return written.ok ? added : written;
}

function hasExactly({ added }: ImagePins, additions: Additions): boolean {
  return areSameAdditions({ layers: added?.layers ?? [], packages: added?.names ?? [] }, additions);
}

/** The image with these on top of it, as of today; made, so that pins are only ever of what can be had. */
export async function addedPins(
  session: Session,
  config: Config,
  mountRoot: string,
  { added: _, ...pins }: ImagePins,
  additions: Additions,
): Promise<Result<ImagePins>> {
  if (!hasAdditions(additions)) return success(pins);
  const docker = await openImages(session);
  if (!docker.ok) return docker;
  const image = await pinnedImage(session, docker.value, pins);
  if (!image.ok) return image;
  const { resolveOnImage } = await import('./image-layers.ts');
  const on = { pins, image: image.value };
  const added = await resolveOnImage(session, config, mountRoot, docker.value, on, additions);
  if (!added.ok) return added;
  const whole = { ...pins, added: added.value };
  const root = await rootOn(session, config, mountRoot, docker.value, image.value, whole);
  return root.ok ? success(whole) : root;
}

/** What the reference names today, if a build can run in it: looked at once, so that no build has to. */
export async function freshImagePins(session: Session, config: Config): Promise<Result<ImagePins>> {
  const reference = config.image.value;
  if (reference === null) throw new Error('the image environment without an image');
  const docker = await openImages(session);
  if (!docker.ok) return docker;
  const store = await docker.value.images();
  if (!store.ok) return store;
  const { prepareImage, resolveImage } = await import('../../environment/image/resolve-image.ts');
  const { inspectImage, judgeImage } = await import('../../environment/image/inspect-image.ts');
  const resolved = await resolveImage(store.value, reference, onPull(session));
  if (!resolved.ok) return resolved;
  const prepared = await prepareImage(store.value, resolved.value, onPull(session));
  if (!prepared.ok) return prepared;
  const { architecture } = session.host;
  const facts = await inspectImage(store.value, prepared.value.image, architecture);
  if (!facts.ok) return facts;
  const judged = judgeImage(reference, prepared.value.image, facts.value, config.toolchain.value, architecture);
  if (!judged.ok) return judged;
  const { cargo, variables, system } = facts.value;
  return success({ ...resolved.value, cargo, variables, ...(system === null ? {} : { system }) });
}

/** The pinned image, pulled if need be, with what the pins add to it. */
export async function imageRoot(
  session: Session,
  config: Config,
  mountRoot: string,
  docker: DockerEngine,
  pins: ImagePins,
): Promise<Result<PreparedRoot>> {
  const base = await pinnedImage(session, docker, pins);
  return base.ok ? rootOn(session, config, mountRoot, docker, base.value, pins) : base;
}

/**
 * Which of these absolute paths are in the image of the pins with what they add to it; nothing of it runs. None where it
 * cannot be looked into.
 */
export async function lookInImage(
  session: Session,
  config: Config,
  mountRoot: string,
  pins: ImagePins,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const docker = await openImages(session);
  if (!docker.ok) return new Set();
  const root = await imageRoot(session, config, mountRoot, docker.value, pins);
  const store = await docker.value.images();
  if (!root.ok || !store.ok || root.value.kind !== 'image') return new Set();
  const looked = await store.value.look(root.value.id, paths);
  return new Set(looked.ok ? looked.value.flatMap(({ path, kind }) => (kind === 'none' ? [] : [path])) : []);
}

async function rootOn(
  session: Session,
  config: Config,
  mountRoot: string,
  docker: DockerEngine,
  base: PreparedImage,
  { digest, added }: ImagePins,
): Promise<Result<PreparedRoot>> {
  if (added === undefined || added.packages.length === 0) return success(base.root);
  const { imageWithPackages } = await import('./image-layers.ts');
  const sum = madeImageSum(digest, sha256(addedText(added)));
  const made = await imageWithPackages(session, config, mountRoot, docker, base, { added, sum });
  if (!made.ok) return made;
  noteImage(session.locations, made.value);
  return success({ kind: 'image', id: made.value });
}

/** What an image that is made of another one is called by: the digest of that, and the packages that it gets. */
export function madeImageSum(digest: string, addedSha256: string): string {
  return sha256(`${digest}\n${addedSha256}`);
}

async function pinnedImage(session: Session, docker: DockerEngine, pins: ImagePins): Promise<Result<PreparedImage>> {
  const store = await docker.images();
  if (!store.ok) return store;
  const { prepareImage } = await import('../../environment/image/resolve-image.ts');
  return prepareImage(store.value, pins, onPull(session));
}

async function openImages(session: Session): Promise<Result<DockerEngine>> {
  const opened = await openDocker(session);
  if (!opened.ok) return opened;
  return success(opened.value.docker as DockerEngine);
}
