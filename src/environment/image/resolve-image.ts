import { failure, type Result, success } from '../../base/result.ts';
import type { PreparedRoot } from '../../engine/engine.ts';
import type { PinnedReference } from '../../lock/pins.ts';
import { printable } from '../../problem/problem.ts';
import { type ImageReference, readReference } from './image-reference.ts';
import type { ImageStore, PullProgress, StoredImage } from './image-store.ts';

export type OnPull = (progress: PullProgress) => void;

/**
 * What a reference names today, pinned by digest; the reference is kept as people wrote it. The registry is asked, since
 * a tag in the engine may be old or somebody's own; an image that only the engine has is pinned by its content's id.
 */
export async function resolveImage(
  store: ImageStore,
  reference: string,
  onPull: OnPull,
): Promise<Result<PinnedReference>> {
  const name = readReference(reference);
  if (!name.ok) return name;
  const pulled = await store.pull(name.value.canonical, onPull);
  const found = await store.inspect(name.value.canonical);
  if (!found.ok) return found;
  // Without a registry's digest it was made here, and no registry could have given it.
  const local = found.value !== null && found.value.digests.length === 0;
  if (found.value === null || (!pulled.ok && !local)) return pulled.ok ? gone(reference) : pulled;
  const digest = digestOf(found.value, name.value) ?? found.value.id;
  return success({ reference, digest });
}

/** An image that is ready, and what the plan needs to know of it. */
export interface PreparedImage {
  readonly root: PreparedRoot;
  readonly image: StoredImage;
}

/**
 * The image of the pins and no other: looked for by its digest, pulled by its digest. What the tag says meanwhile, here
 * or in the registry, is of no interest.
 */
export async function prepareImage(
  store: ImageStore,
  pins: PinnedReference,
  onPull: OnPull,
): Promise<Result<PreparedImage>> {
  const name = readReference(pins.reference);
  if (!name.ok) return name;
  const known = await findPinned(store, pins, name.value);
  if (!known.ok) return known;
  if (known.value !== null) return success(prepared(known.value));
  const pulled = await store.pull(`${name.value.repository}@${pins.digest}`, onPull);
  if (!pulled.ok) return failure(...pulled.problems, notPulled(pins));
  const fresh = await findPinned(store, pins, name.value);
  if (!fresh.ok) return fresh;
  return fresh.value === null ? gone(pins.reference) : success(prepared(fresh.value));
}

/** By what a registry calls it, else by its content: both name the same bytes for ever. */
async function findPinned(
  store: ImageStore,
  pins: PinnedReference,
  name: ImageReference,
): Promise<Result<StoredImage | null>> {
  const byDigest = await store.inspect(`${name.repository}@${pins.digest}`);
  if (!byDigest.ok) return byDigest;
  if (byDigest.value?.digests.some((digest) => digest.endsWith(`@${pins.digest}`))) return byDigest;
  const byId = await store.inspect(pins.digest);
  return byId.ok && byId.value?.id !== pins.digest ? success(null) : byId;
}

function prepared(image: StoredImage): PreparedImage {
  return { root: { kind: 'image', id: image.id }, image };
}

/** Engines shorten names of their default registry, so the repository's end has to do. */
function digestOf(image: StoredImage, name: ImageReference): string | null {
  if (name.digest !== null) return name.digest;
  const short = name.repository.split('/').slice(-1)[0] ?? name.repository;
  const split = (entry: string) => entry.split('@') as [string, string | undefined];
  const same = image.digests.map(split).find(([repository]) => repository === name.repository);
  const alike = image.digests.map(split).find(([repository]) => repository.split('/').at(-1) === short);
  return (same ?? alike)?.[1] ?? null;
}

function gone(reference: string): Result<never> {
  return failure({
    code: 'environment',
    what: `the image ${printable(reference)} is not there after it was pulled`,
    fix: 'Run it again: something on this machine may be removing images.',
  });
}

function notPulled(pins: PinnedReference) {
  return {
    code: 'environment',
    what: `the pinned image ${printable(pins.reference)} (${printable(pins.digest)}) is neither here nor in its registry`,
    why: 'an image that was only made on another machine is known to that machine alone',
    fix: 'Push it to a registry, then run `cargo-boxed lock`; or load it here with `docker load`.',
  } as const;
}
