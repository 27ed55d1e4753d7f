import type { Result } from '../../base/result.ts';
import { success } from '../../base/result.ts';
import { recall, remember } from '../../host/memory.ts';
import { sha256 } from '../../host/project-key.ts';
import { type Document, imageConfiguration, imageManifest } from '../../oci/image-documents.ts';
import type { ImagePart } from '../../oci/image-parts.ts';
import type { ImageLayer } from '../../oci/layer-of-image.ts';
import type { Session } from '../session.ts';
import type { LockedImage } from './locked-image.ts';
import { imageSources } from './sources.ts';

/** The image that a lock makes, by its names: nothing of it is written. */
export interface WantedImage {
  readonly layers: readonly ImageLayer[];
  readonly configuration: Document;
  /** `sha256:…` of the configuration: what an engine of the classic kind calls it by. */
  readonly id: string;
  /** `sha256:…` of the manifest: what a registry calls it by. */
  readonly manifest: string;
}

export async function wantedImage(session: Session, locked: LockedImage): Promise<Result<WantedImage>> {
  const sources = await imageSources(session, locked);
  if (!sources.ok) return sources;
  session.reporter.step('Packing what the lock says, to compare');
  const { imageParts } = await import('../../oci/image-parts.ts');
  const layers: ImageLayer[] = [];
  for (const part of imageParts(sources.value)) layers.push(await layerOf(session, part));
  const configuration = imageConfiguration(locked.meaning, layers);
  const sum = sha256(configuration.text);
  const described = { sha256: sum, sizeBytes: Buffer.byteLength(configuration.text) };
  const manifest = imageManifest(locked.meaning, described, layers);
  return success({ layers, configuration, id: `sha256:${sum}`, manifest: `sha256:${sha256(manifest.text)}` });
}

/** Base and toolchain are large, and what their names stand for never changes: their sums are remembered. */
async function layerOf({ locations }: Session, { holds, of, pack }: ImagePart): Promise<ImageLayer> {
  const memory = `${locations.state}/image-layers.json`;
  const known = of === null ? null : recall<Omit<ImageLayer, 'holds'>>(memory, of, meaningOfSums);
  if (known !== null) return { holds, ...known };
  const { sumOf } = await import('../../oci/image-parts.ts');
  const sum = await sumOf(pack());
  if (of !== null) remember(memory, of, meaningOfSums, sum);
  return { holds, ...sum };
}

/** Raised when the same part gives other bytes. */
const meaningOfSums = '1';
