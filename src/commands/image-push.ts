import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { usage } from '../invocation/usage-problems.ts';
import { blobPath, documentTypes } from '../oci/image-documents.ts';
import type { BuiltImage } from '../oci/write-layout.ts';
import { printable } from '../problem/problem.ts';
import type { SentImage } from '../registry/push-layout.ts';
import type { Answer } from './answer.ts';
import { layoutOfLock } from './image-build.ts';
import { openRegistry } from './open-registry.ts';
import type { Session } from './session.ts';

/**
 * Builds the image of the lock as `image build` does and sends it to a registry, as it is: its digest there is the one
 * that every machine computes from this lock.
 */
export async function imagePush(session: Session, { arguments: words }: OwnCommand): Promise<Result<Answer>> {
  const [, reference] = words;
  if (reference === undefined)
    return failure(usage('`image push` lacks a name', 'Write `cargo-boxed image push HOST/NAME[:TAG]`.'));
  if (reference.includes('@'))
    return failure(usage('the digest of an image follows from the lock', 'Name it as HOST/NAME or HOST/NAME:TAG.'));
  const built = await layoutOfLock(session, null);
  if (!built.ok) return built;
  const { image, place: folder, locked } = built.value;
  const opened = await openRegistry(session, locked.gathered.facts.project.mountRoot, reference, 'pull,push');
  if (!opened.ok) return opened;
  const { place, client } = opened.value;
  try {
    const { pushLayout } = await import('../registry/push-layout.ts');
    const pushed = await pushLayout(client, place, sentImage(folder, image), (text) => session.reporter.step(text));
    if (!pushed.ok) return pushed;
    const digest = `${place.host}/${place.path}@${image.manifest}`;
    const { sent } = pushed.value;
    const fresh = sent.length === 0 ? 'all of it was there' : `sent: ${sent.join(', ')}`;
    const text = `Image ${printable(digest, 400)}; ${fresh}\n`;
    return success({ status: 0, text, data: { reference: digest, tag: place.tag, manifest: image.manifest, sent } });
  } finally {
    await client.close();
  }
}

function sentImage(folder: string, { id, manifest, layers }: BuiltImage): SentImage {
  const blob = (holds: string, digest: string) => {
    const file = join(folder, blobPath(digest.slice('sha256:'.length)));
    return { holds, digest, file, sizeBytes: lstatSync(file).size };
  };
  return {
    blobs: [...layers.map(({ holds, sha256 }) => blob(holds, `sha256:${sha256}`)), blob('the configuration', id)],
    manifest: { digest: manifest, mediaType: documentTypes.manifest, file: blob('the manifest', manifest).file },
  };
}
