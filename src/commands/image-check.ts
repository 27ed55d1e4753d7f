import { createReadStream, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { jsonAt, jsonList, parseJson } from '../base/json-value.ts';
import { failure, type Result, success } from '../base/result.ts';
import { readForeignText } from '../host/read-file.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { usage } from '../invocation/usage-problems.ts';
import { differencesOf, type FoundImage, readConfiguration } from '../oci/compare-image.ts';
import { blobPath } from '../oci/image-documents.ts';
import { readImageOutput } from '../oci/image-output.ts';
import type { ImageLayer } from '../oci/layer-of-image.ts';
import { printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { extentOf, withExtent } from './images/extent.ts';
import { findInRegistry } from './images/find-in-registry.ts';
import { type LockedImage, lockedImage } from './images/locked-image.ts';
import { wantedImage } from './images/wanted-image.ts';
import { openDocker } from './pipeline/choose-engine.ts';
import type { Session } from './session.ts';

/** Compares an image with the project's lock, and names each difference; 65 when there is one. */
export async function imageCheck(session: Session, { arguments: words }: OwnCommand): Promise<Result<Answer>> {
  const [, reference] = words;
  if (reference === undefined) return failure(usage('`image check` lacks an image', forms));
  const locked = await lockedImage(session);
  if (!locked.ok) return locked;
  const found = await findImage(session, locked.value, reference);
  if (!found.ok) return found;
  const whole = await withExtent(locked.value, extentOf(found.value.image.configuration.labels));
  if (!whole.ok) return whole;
  const wanted = await wantedImage(session, whole.value);
  if (!wanted.ok) return wanted;
  const { layers, configuration } = wanted.value;
  const { image, layout } = found.value;
  const damaged = layout === null ? [] : await damagedBlobs(layout, layers);
  const differences = [...differencesOf(layers, configuration.text, image), ...damaged];
  const shown = printable(reference, 120);
  const text =
    differences.length === 0
      ? `${shown} is the image of the lock\n`
      : `${shown} is not the image of the lock:\n${differences.map((line) => `  ${printable(line, 200)}\n`).join('')}`;
  return success({ status: differences.length === 0 ? 0 : 65, text, data: { image: reference, differences } });
}

/** A layout's own documents say what is in it; whether the files of the lock's layers are that is seen here. */
async function damagedBlobs({ folder, files }: Layout, layers: readonly ImageLayer[]): Promise<readonly string[]> {
  const damaged: string[] = [];
  for (const { holds, sha256 } of layers) {
    const file = join(folder, blobPath(sha256));
    const stat = lstatSync(file, { throwIfNoEntry: false });
    // A compressed layer has a name of its own, which says nothing of the lock.
    if (stat === undefined && !files.includes(`sha256:${sha256}`)) continue;
    const { sumOf } = await import('../oci/image-parts.ts');
    const sum = stat?.isFile() === true ? (await sumOf(createReadStream(file))).sha256 : null;
    if (sum !== sha256) damaged.push(`its file of ${holds} is not what its name says (sha256:${sha256})`);
  }
  return damaged;
}

interface Layout {
  readonly folder: string;
  /** Digests of the files that are its layers. */
  readonly files: readonly unknown[];
}

/** An image that is compared, and where it was found. */
interface Found {
  readonly image: FoundImage;
  /** `null`: its layers are where nobody but the engine that has or pulls it looks at them. */
  readonly layout: Layout | null;
}

const forms = 'Write oci:DIR, NAME:TAG, docker:NAME:TAG for the engine alone, or registry:HOST/NAME:TAG.';

/** By the form that is written in front; without one an image of the engine, or else of its registry. */
async function findImage(session: Session, locked: LockedImage, reference: string): Promise<Result<Found>> {
  const [, form = null, rest = ''] = /^(oci|tar|docker|registry):(.+)$/s.exec(reference) ?? [];
  if (form === 'oci') return layoutImage(session, reference);
  if (form === 'tar') return failure(usage('an archive is not compared as it is', `Load or unpack it. ${forms}`));
  if (form === 'registry') return registryImage(session, locked, rest);
  const name = form === null ? reference : rest;
  const local = await engineImage(session, name);
  if (local.ok && local.value !== null) return success(local.value);
  if (form === 'docker') return local.ok ? failure(notThere(name)) : local;
  const remote = await registryImage(session, locked, name);
  // A name without a host can only be the engine's.
  if (remote.ok || remote.problems[0]?.code !== 'usage') return remote;
  return local.ok ? failure(notThere(name)) : local;
}

async function engineImage(session: Session, name: string): Promise<Result<Found | null>> {
  const opened = await openDocker(session);
  if (!opened.ok) return opened;
  const found = await opened.value.docker?.describeImage(name);
  if (found === undefined || !found.ok) return found ?? success(null);
  if (found.value === null) return success(null);
  const { layers, user, variables, labels } = found.value;
  return success({ image: { layers, configuration: { user, variables, labels } }, layout: null });
}

async function registryImage(
  session: Session,
  { gathered, meaning }: LockedImage,
  name: string,
): Promise<Result<Found>> {
  const image = await findInRegistry(session, gathered.facts.project.mountRoot, name, meaning.architecture);
  if (!image.ok) return image;
  const found = image.value === null ? null : readConfiguration(image.value.configuration);
  return found === null ? failure(notThere(name)) : success({ image: found, layout: null });
}

const mostDocumentBytes = 4 * 1024 * 1024;

/** A layout is a foreign file: its documents are read as data. */
function layoutImage(session: Session, reference: string): Result<Found> {
  const output = readImageOutput(reference, session.directory);
  if (!output.ok) return output;
  if (output.value.kind !== 'oci') return failure(notThere(reference));
  const { folder } = output.value;
  const broken = failure({
    code: 'environment',
    what: `${printable(folder)} holds no image that can be read`,
    fix: 'Name the folder of an image layout with one image: `oci:DIR`.',
  } as const);
  const index = readJson(join(folder, 'index.json'));
  const manifest = readJson(join(folder, blobOf(jsonAt(index, 'manifests', 0, 'digest'))));
  const text = readForeignText(join(folder, blobOf(jsonAt(manifest, 'config', 'digest'))), mostDocumentBytes);
  const found = text.ok && text.value !== null ? readConfiguration(text.value) : null;
  const files = jsonList(manifest, 'layers').map((layer) => jsonAt(layer, 'digest'));
  return found === null ? broken : success({ image: found, layout: { folder, files } });
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
    what: `there is no image ${printable(reference, 120)}`,
    fix: forms,
  } as const;
}
