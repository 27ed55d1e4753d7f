import { lstatSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { makeNotedFolder, writeNoted } from '../host/noted-path.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import type { BillFormat } from '../oci/bill-of-materials.ts';
import { type ImageOutput, readImageOutput } from '../oci/image-output.ts';
import type { BuiltImage } from '../oci/write-layout.ts';
import { notKept } from '../problem/full-disk.ts';
import { printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { type ImageExtent, readExtent, withExtent } from './images/extent.ts';
import { type LockedImage, lockedImage } from './images/locked-image.ts';
import { imageSources } from './images/sources.ts';
import { openDocker } from './pipeline/choose-engine.ts';
import type { Session } from './session.ts';

/** Makes the image of the project's lock, and puts it where it was asked for. */
export async function imageBuild(session: Session, { options }: OwnCommand): Promise<Result<Answer>> {
  const text = typeof options.output === 'string' ? options.output : null;
  const extent = readExtent(options);
  if (!extent.ok) return extent;
  const built = await layoutOfLock(session, text, extent.value);
  if (!built.ok) return built;
  const { place, name, image, locked, usual } = built.value;
  const beside = built.value.kind === 'docker' ? usual : place;
  const documents = await writing(() => writeDocuments(options, locked, name, image.manifest, beside));
  return documents.ok ? success(answer(image, place, documents.value)) : documents;
}

/** Files beside an image; `null`: not asked for. */
export interface ImageDocuments {
  readonly bill: string | null;
  readonly provenance: string | null;
}

/** Writes what was asked for to be said of an image, from the lock alone. */
async function writeDocuments(
  options: OwnCommand['options'],
  locked: LockedImage,
  name: string,
  manifest: string,
  beside: string,
): Promise<Result<ImageDocuments>> {
  const none = success(null);
  if (options.sbom === undefined && options.provenance === undefined) return success({ bill: null, provenance: null });
  const { writeBill, writeProvenance } = await import('./images/sbom.ts');
  const bill = options.sbom === undefined ? none : await writeBill(options.sbom as BillFormat, locked, name, beside);
  if (!bill.ok) return bill;
  const isWanted = options.provenance !== undefined;
  const provenance = isWanted ? await writeProvenance(locked, name, manifest, beside) : none;
  return provenance.ok ? success({ bill: bill.value, provenance: provenance.value }) : provenance;
}

/** An image in its place, and what it was made from. */
export interface BuiltLayout extends PutImage {
  readonly locked: LockedImage;
  readonly kind: ImageOutput['kind'];
  /** Where a layout of this project usually lies; documents about an image lie beside it. */
  readonly usual: string;
}

/** Makes the image of the lock in the form that `output` says; `null`: as a layout in its usual folder. */
export async function layoutOfLock(
  session: Session,
  output: string | null,
  extent: ImageExtent,
): Promise<Result<BuiltLayout>> {
  const environment = await lockedImage(session);
  if (!environment.ok) return environment;
  const locked = await withExtent(environment.value, extent);
  if (!locked.ok) return locked;
  const { mountRoot, workspace } = locked.value.gathered.facts.project;
  const usual = join(mountRoot, workspace, 'target/boxed-image');
  const form = readImageOutput(output ?? `oci:${usual}`, session.directory);
  if (!form.ok) return form;
  const built = await writing(() => put(session, locked.value, form.value));
  return built.ok ? success({ ...built.value, locked: locked.value, kind: form.value.kind, usual }) : built;
}

async function writing<T>(write: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return failure(notKept('the image could not be written', error, 'Name a place that you may write to: `--output`.'));
  }
}

/** An image in its place. */
interface PutImage {
  readonly image: BuiltImage;
  /** `repository:tag`. */
  readonly name: string;
  /** A folder, a file, or the name in the engine. */
  readonly place: string;
}

async function put(session: Session, locked: LockedImage, output: ImageOutput): Promise<Result<PutImage>> {
  const name = output.kind === 'docker' && output.name !== null ? output.name : nameOf(locked);
  if (output.kind === 'oci') {
    const linked = linkOnTheWay(output.folder, locked.gathered.facts.project.mountRoot);
    if (linked !== null) return failure(throughLink(linked));
    const built = await build(session, locked, output.folder, name);
    return built.ok ? success({ image: built.value, name, place: output.folder }) : built;
  }
  const { packLayout } = await import('../oci/write-layout.ts');
  const { path, forget } = makeNotedFolder(session.locations.state, join(session.locations.cache, 'image-'));
  try {
    const built = await build(session, locked, path, name);
    if (!built.ok) return built;
    if (output.kind === 'tar') {
      const linked = linkOnTheWay(output.file, locked.gathered.facts.project.mountRoot);
      if (linked !== null) return failure(throughLink(linked));
      const { writeSummed } = await import('../archive/pack-image.ts');
      const archive = packLayout(path, built.value);
      await writeNoted(session.locations.state, output.file, (fresh) => writeSummed(archive, fresh));
      return success({ image: built.value, name, place: output.file });
    }
    session.reporter.step('Handing the image to the Docker engine');
    const opened = await openDocker(session);
    if (!opened.ok) return opened;
    const loaded = await opened.value.docker?.load(packLayout(path, built.value));
    return loaded === undefined || loaded.ok ? success({ image: built.value, name, place: name }) : loaded;
  } finally {
    await rm(path, { recursive: true, force: true });
    forget();
  }
}

async function build(session: Session, locked: LockedImage, folder: string, name: string): Promise<Result<BuiltImage>> {
  const { writeLayout } = await import('../oci/write-layout.ts');
  return writeLayout({
    folder,
    name,
    meaning: locked.meaning,
    sources: () => imageSources(session, locked),
    memory: join(session.locations.state, 'image-layouts.json'),
    onStep: (text) => session.reporter.step(text),
    interrupted: session.interruption.signal,
  });
}

function nameOf({ meaning }: LockedImage): string {
  return `cargo-boxed/environment:${meaning.identity.slice(0, 12)}`;
}

function answer(
  { id, manifest, layers, written }: BuiltImage,
  place: string,
  { bill, provenance }: ImageDocuments,
): Answer {
  const megabytes = Math.round(layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 1e6);
  const fresh = written.length === 0 ? 'nothing written anew' : `written: ${written.join(', ')}`;
  const text = `Image ${id} in ${printable(place)}: ${layers.length} layers, ${megabytes} MB; ${fresh}\n`;
  const more = [
    ...(bill === null ? [] : [`Bill of materials in ${printable(bill)}\n`]),
    ...(provenance === null ? [] : [`Provenance in ${printable(provenance)}\n`]),
  ];
  return {
    status: 0,
    text: text + more.join(''),
    data: { id, manifest, place, layers, written, bill, provenance },
  };
}

/** The first link below the project that a path goes through, or `null`: a project commits what it likes. */
function linkOnTheWay(path: string, mountRoot: string): string | null {
  if (!path.startsWith(`${mountRoot}/`)) return null;
  const names = path.slice(mountRoot.length + 1).split('/');
  const steps = names.map((_, at) => join(mountRoot, ...names.slice(0, at + 1)));
  return steps.find((step) => lstatSync(step, { throwIfNoEntry: false })?.isSymbolicLink() === true) ?? null;
}

function throughLink(link: string) {
  return {
    code: 'path',
    what: 'the image would be written through a link of the project',
    where: { file: link },
    fix: 'Remove the link, or name a place outside of the project.',
  } as const;
}
