import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { recall, remember } from '../host/memory.ts';
import { readForeignText } from '../host/read-file.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { usage } from '../invocation/usage-problems.ts';
import { differencesOf, type FoundImage, parseJson, readConfiguration, valueAt } from '../oci/compare-image.ts';
import { blobPath, imageConfiguration } from '../oci/image-documents.ts';
import { readImageOutput } from '../oci/image-output.ts';
import type { ImagePart } from '../oci/image-parts.ts';
import type { ImageLayer } from '../oci/layer-of-image.ts';
import { printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { openDocker } from './choose-engine.ts';
import { imageSources, lockedImage } from './image-sources.ts';
import type { Session } from './session.ts';

/** Compares an image with the project's lock, and names each difference; 65 when there is one. */
export async function imageCheck(session: Session, { arguments: words }: OwnCommand): Promise<Result<Answer>> {
  const [, reference] = words;
  if (reference === undefined)
    return failure(usage('`image check` lacks an image', 'Write `cargo-boxed image check oci:DIR`, or NAME:TAG.'));
  const locked = await lockedImage(session);
  if (!locked.ok) return locked;
  const found = await findImage(session, reference);
  if (!found.ok) return found;
  const sources = await imageSources(session, locked.value);
  if (!sources.ok) return sources;
  session.reporter.step('Packing what the lock says, to compare');
  const { imageParts } = await import('../oci/image-parts.ts');
  const layers: ImageLayer[] = [];
  for (const part of imageParts(sources.value)) layers.push(await layerOf(session, part));
  const wanted = imageConfiguration(locked.value.meaning, layers);
  const differences = differencesOf(layers, wanted.text, found.value);
  const shown = printable(reference, 120);
  const text =
    differences.length === 0
      ? `${shown} is the image of the lock\n`
      : `${shown} is not the image of the lock:\n${differences.map((line) => `  ${printable(line, 200)}\n`).join('')}`;
  return success({ status: differences.length === 0 ? 0 : 65, text, data: { image: reference, differences } });
}

/** Base and toolchain are large, and what their names stand for never changes: their sums are remembered. */
async function layerOf({ locations }: Session, { holds, of, pack }: ImagePart): Promise<ImageLayer> {
  const memory = join(locations.state, 'image-layers.json');
  const known = of === null ? null : recall<Omit<ImageLayer, 'holds'>>(memory, of, meaningOfSums);
  if (known !== null) return { holds, ...known };
  const { sumOf } = await import('../oci/image-parts.ts');
  const sum = await sumOf(pack());
  if (of !== null) remember(memory, of, meaningOfSums, sum);
  return { holds, ...sum };
}

/** Raised when the same part gives other bytes. */
const meaningOfSums = '1';

async function findImage(session: Session, reference: string): Promise<Result<FoundImage>> {
  if (reference.startsWith('oci:')) {
    const output = readImageOutput(reference, session.directory);
    if (!output.ok) return output;
    return output.value.kind === 'oci' ? readLayout(output.value.folder) : failure(notThere(reference));
  }
  const opened = await openDocker(session);
  if (!opened.ok) return opened;
  const found = await opened.value.docker?.describeImage(reference);
  if (found === undefined || !found.ok) return found ?? failure(notThere(reference));
  if (found.value === null) return failure(notThere(reference));
  const { layers, user, variables, labels } = found.value;
  return success({ layers, configuration: { user, variables, labels } });
}

const mostDocumentBytes = 4 * 1024 * 1024;

/** A layout is a foreign file: its documents are read as data, and what its blobs hold is not looked at here. */
function readLayout(folder: string): Result<FoundImage> {
  const broken = failure({
    code: 'environment',
    what: `${printable(folder)} holds no image that can be read`,
    fix: 'Name the folder of an image layout with one image: `oci:DIR`.',
  } as const);
  const index = readJson(join(folder, 'index.json'));
  const manifest = readJson(join(folder, blobOf(valueAt(index, 'manifests', 0, 'digest'))));
  const text = readForeignText(join(folder, blobOf(valueAt(manifest, 'config', 'digest'))), mostDocumentBytes);
  const found = text.ok && text.value !== null ? readConfiguration(text.value) : null;
  return found === null ? broken : success(found);
}

/** The place of a blob; of what is no sum one that is never there. */
function blobOf(digest: unknown): string {
  const sum = /^sha256:([0-9a-f]{64})$/.exec(typeof digest === 'string' ? digest : '')?.[1];
  return sum === undefined ? 'no-such-blob' : blobPath(sum);
}

function readJson(file: string): unknown {
  const text = readForeignText(file, mostDocumentBytes);
  return text.ok && text.value !== null ? parseJson(text.value) : null;
}

function notThere(reference: string) {
  return {
    code: 'environment',
    what: `there is no image ${printable(reference, 120)} here`,
    fix: 'Pull or load it first, or name a layout: `oci:DIR`.',
  } as const;
}
