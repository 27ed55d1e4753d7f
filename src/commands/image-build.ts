import { existsSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type PackedFile, packFiles } from '../archive/pack-files.ts';
import { writeSummed } from '../archive/pack-image.ts';
import { failure, type Result, success } from '../base/result.ts';
import { recall, remember } from '../host/memory.ts';
import { makeNotedFolder } from '../host/noted-path.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import {
  blobPath,
  dockerManifest,
  imageConfiguration,
  imageIndex,
  imageManifest,
  layoutMark,
} from '../oci/image-documents.ts';
import { type ImageOutput, readImageOutput } from '../oci/image-output.ts';
import { type ImagePart, imageParts } from '../oci/image-parts.ts';
import type { ImageLayer } from '../oci/layer-of-image.ts';
import { blobStamps, dropOthers, openLayout, place, writeBlob, writeDocument } from '../oci/layout-folder.ts';
import { fullDisk } from '../problem/full-disk.ts';
import { printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { openDocker } from './choose-engine.ts';
import { imageSources, type LockedImage, lockedImage } from './image-sources.ts';
import type { Session } from './session.ts';

/** An image that stands in a layout. */
interface BuiltImage {
  readonly id: string;
  readonly manifest: string;
  readonly layers: readonly ImageLayer[];
  /** What of it was written by this command, for people. */
  readonly written: readonly string[];
}

/** Makes the image of the project's lock, and puts it where it was asked for. */
export async function imageBuild(session: Session, { options }: OwnCommand): Promise<Result<Answer>> {
  const locked = await lockedImage(session);
  if (!locked.ok) return locked;
  const { mountRoot, workspace } = locked.value.gathered.facts.project;
  const usual = `oci:${join(mountRoot, workspace, 'target/boxed-image')}`;
  const text = typeof options.output === 'string' ? options.output : usual;
  const output = readImageOutput(text, session.directory);
  if (!output.ok) return output;
  try {
    return await put(session, locked.value, output.value);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const what = 'the image could not be written';
    return failure(code === 'ENOSPC' ? { what, ...fullDisk } : { code: 'storage', what, why: code });
  }
}

async function put(session: Session, locked: LockedImage, output: ImageOutput): Promise<Result<Answer>> {
  if (output.kind === 'oci') {
    const linked = linkOnTheWay(output.folder, locked.gathered.facts.project.mountRoot);
    if (linked !== null) return failure(throughLink(linked));
    const built = await buildLayout(session, locked, output.folder, nameOf(locked));
    return built.ok ? success(answer(built.value, output.folder)) : built;
  }
  const { path, forget } = makeNotedFolder(session.locations.state, join(session.locations.cache, 'image-'));
  try {
    const name = output.kind === 'docker' && output.name !== null ? output.name : nameOf(locked);
    const built = await buildLayout(session, locked, path, name);
    if (!built.ok) return built;
    if (output.kind === 'tar') {
      const linked = linkOnTheWay(output.file, locked.gathered.facts.project.mountRoot);
      if (linked !== null) return failure(throughLink(linked));
      await writeTar(path, built.value, output.file);
      return success(answer(built.value, output.file));
    }
    session.reporter.step('Handing the image to the Docker engine');
    const opened = await openDocker(session);
    if (!opened.ok) return opened;
    const loaded = await opened.value.docker?.load(packFiles(layoutFiles(path, built.value)));
    return loaded === undefined || loaded.ok ? success(answer(built.value, name)) : loaded;
  } finally {
    await rm(path, { recursive: true, force: true });
    forget();
  }
}

function nameOf({ meaning }: LockedImage): string {
  return `cargo-boxed/environment:${meaning.identity.slice(0, 12)}`;
}

function answer({ id, manifest, layers, written }: BuiltImage, place: string): Answer {
  const megabytes = Math.round(layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 1e6);
  const fresh = written.length === 0 ? 'nothing written anew' : `written: ${written.join(', ')}`;
  const text = `Image ${id} in ${printable(place)}: ${layers.length} layers, ${megabytes} MB; ${fresh}\n`;
  return { status: 0, text, data: { id, manifest, place, layers, written } };
}

/** What a layout of ours holds, as it was when it was made. */
interface LayoutNote {
  readonly identity: string;
  readonly name: string;
  readonly image: Omit<BuiltImage, 'written'>;
  /** What decides the bytes of each layer, and what its file was like. */
  readonly of: readonly (string | null)[];
  readonly stamps: readonly string[];
}

/** Raised when the same lock gives other bytes. */
const meaningOfNote = '1';

/** Writes what the layout lacks; the index comes last, so that a layout is of the image before or of this one. */
async function buildLayout(
  session: Session,
  locked: LockedImage,
  folder: string,
  name: string,
): Promise<Result<BuiltImage>> {
  const opened = openLayout(folder);
  if (!opened.ok) return opened;
  const memory = join(session.locations.state, 'image-layouts.json');
  const note = recall<LayoutNote>(memory, folder, meaningOfNote);
  const stamps = note === null ? null : blobStamps(folder, sumsOf(note.image));
  const isWhole = note !== null && stamps !== null && stamps.join() === note.stamps.join();
  const { identity } = locked.meaning;
  const isSame = isWhole && note.identity === identity && note.name === name && existsSync(join(folder, 'index.json'));
  if (isSame) return success({ ...note.image, written: [] });
  const sources = await imageSources(session, locked);
  if (!sources.ok) return sources;
  const parts = imageParts(sources.value);
  const known = isWhole ? note : null;
  const layers: ImageLayer[] = [];
  const written: string[] = [];
  for (const part of parts) {
    const kept = keptLayer(known, part);
    if (kept === null) session.reporter.step(`Packing ${part.holds}`);
    const layer = kept ?? (await writeBlob(folder, part.holds, part.pack()));
    if (kept === null && known?.image.layers.some(({ sha256 }) => sha256 === layer.sha256) !== true)
      written.push(part.holds);
    layers.push(layer);
    if (session.interruption.signal.aborted) return failure({ code: 'internal', what: 'interrupted' });
  }
  const configuration = writeDocument(folder, imageConfiguration(locked.meaning, layers));
  const manifest = writeDocument(folder, imageManifest(locked.meaning, configuration, layers));
  place(folder, 'manifest.json', dockerManifest(name, configuration, layers));
  place(folder, 'index.json', imageIndex(name, locked.meaning, manifest));
  const image = { id: `sha256:${configuration.sha256}`, manifest: `sha256:${manifest.sha256}`, layers };
  dropOthers(folder, new Set(sumsOf(image)));
  const fresh = blobStamps(folder, sumsOf(image));
  if (fresh !== null)
    remember(memory, folder, meaningOfNote, { identity, name, image, of: parts.map(({ of }) => of), stamps: fresh });
  return success({ ...image, written });
}

function keptLayer(note: LayoutNote | null, { holds, of }: ImagePart): ImageLayer | null {
  const at = note === null || of === null ? -1 : note.of.indexOf(of);
  const layer = note?.image.layers[at];
  return layer === undefined ? null : { ...layer, holds };
}

function sumsOf({ id, manifest, layers }: Pick<BuiltImage, 'id' | 'manifest' | 'layers'>): readonly string[] {
  return [...layers.map(({ sha256 }) => sha256), id.slice('sha256:'.length), manifest.slice('sha256:'.length)];
}

/** The layout as one archive, which `docker load` takes too: the same bytes for the same image. */
async function writeTar(folder: string, image: BuiltImage, file: string): Promise<void> {
  const fresh = join(dirname(file), `.cargo-boxed-${process.pid}.tar`);
  try {
    await writeSummed(packFiles(layoutFiles(folder, image)), fresh);
    renameSync(fresh, file);
  } finally {
    rmSync(fresh, { force: true });
  }
}

function layoutFiles(folder: string, image: BuiltImage): readonly PackedFile[] {
  const blobs = [...new Set(sumsOf(image))].sort().map(blobPath);
  const folders = ['blobs', 'blobs/sha256'].map((path) => ({ kind: 'folder', path, mode: 0o755 }) as const);
  const files = [...blobs, 'index.json', 'manifest.json', layoutMark.path].map((path) => {
    const { size } = lstatSync(join(folder, path));
    return { kind: 'file', path, mode: 0o644, source: join(folder, path), sizeBytes: size } as const;
  });
  return [...folders, ...files];
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
