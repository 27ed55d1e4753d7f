import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Result, success } from '../../base/result.ts';
import { folderNames } from '../../host/folder-names.ts';
import { cacheFolders, type Locations } from '../../host/locations.ts';
import { openDocker } from '../pipeline/choose-engine.ts';
import type { Session } from '../session.ts';

/** An image that we have made in a Docker engine: a root, or a pinned image with packages in it. */
export interface KeptImage {
  /** As the engine names it: `sha256:…`. */
  readonly id: string;
  readonly usedMs: number;
}

/**
 * Remembers that an image of ours was used now. An engine serves other people too, and other homes of ours: only what
 * is noted here is ever taken away.
 */
export function noteImage({ cache }: Locations, id: string): void {
  try {
    mkdirSync(join(cache, cacheFolders.images), { recursive: true, mode: 0o700 });
    writeFileSync(noteOf(cache, id), '');
  } catch {
    // A cache that cannot be written is said where it matters.
  }
}

/** The noted ones, sorted by id. */
export function keptImages({ cache }: Locations): readonly KeptImage[] {
  return folderNames(join(cache, cacheFolders.images))
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .sort()
    .map((name) => {
      const id = `sha256:${name}`;
      return { id, usedMs: statSync(noteOf(cache, id), { throwIfNoEntry: false })?.mtimeMs ?? 0 };
    });
}

/**
 * Takes images out of the engine; gives those that are gone from it now. What a container still uses stays, and so does
 * a base with layers on top of it.
 */
export async function removeImages(session: Session, images: readonly KeptImage[]): Promise<Result<readonly string[]>> {
  if (images.length === 0) return success([]);
  const opened = await openDocker(session);
  if (!opened.ok || opened.value.docker === null) {
    session.reporter.note(`${images.length} images stay in the Docker engine, which cannot be reached now.`);
    return success([]);
  }
  const removed: string[] = [];
  const { docker } = opened.value;
  // A base can go when what is on top of it is gone.
  for (const _ of ['on top', 'below'])
    for (const { id } of images.filter((image) => !removed.includes(image.id))) {
      const done = await docker.removeImage(id);
      if (!done.ok) return done;
      if (done.value === 'in use') continue;
      rmSync(noteOf(session.locations.cache, id), { force: true });
      removed.push(id);
    }
  return success(removed.sort());
}

function noteOf(cache: string, id: string): string {
  return join(cache, cacheFolders.images, id.slice('sha256:'.length));
}
