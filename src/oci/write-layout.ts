import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type PackedFile, packFiles } from '../archive/pack-files.ts';
import { failure, type Result, success } from '../base/result.ts';
import { recall, remember } from '../host/memory.ts';
import {
  blobPath,
  dockerManifest,
  type ImageMeaning,
  imageConfiguration,
  imageIndex,
  imageManifest,
  layoutMark,
} from './image-documents.ts';
import { type ImagePart, type ImageSources, imageParts } from './image-parts.ts';
import type { ImageLayer } from './layer-of-image.ts';
import { blobStamps, dropOthers, openLayout, place, writeBlob, writeDocument } from './layout-folder.ts';

/** An image that stands in a layout. */
export interface BuiltImage {
  readonly id: string;
  readonly manifest: string;
  readonly layers: readonly ImageLayer[];
  /** What of it was written now, for people. */
  readonly written: readonly string[];
}

/** What is to be in a layout. */
export interface LayoutWish {
  readonly folder: string;
  /** `repository:tag`. */
  readonly name: string;
  readonly meaning: ImageMeaning;
  /** Asked for when anything has to be made: to prepare them takes its time. */
  sources(): Promise<Result<ImageSources>>;
  /** Our own note of the layouts that we have made. */
  readonly memory: string;
  readonly onStep: (text: string) => void;
  readonly interrupted: AbortSignal;
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
export async function writeLayout(wish: LayoutWish): Promise<Result<BuiltImage>> {
  const { folder, name, meaning, memory } = wish;
  const opened = openLayout(folder);
  if (!opened.ok) return opened;
  const note = recall<LayoutNote>(memory, folder, meaningOfNote);
  const stamps = note === null ? null : blobStamps(folder, sumsOf(note.image));
  const isWhole = note !== null && stamps !== null && stamps.join() === note.stamps.join();
  // Crates are not part of what the environment is, and of what the layout holds they are.
  const identity = `${meaning.identity}${meaning.crates ?? ''}${meaning.dependencies?.sum ?? ''}`;
  const isSame = isWhole && note.identity === identity && note.name === name && existsSync(join(folder, 'index.json'));
  if (isSame) return success({ ...note.image, written: [] });
  const sources = await wish.sources();
  if (!sources.ok) return sources;
  const parts = imageParts(sources.value);
  const known = isWhole ? note : null;
  const layers: ImageLayer[] = [];
  const written: string[] = [];
  for (const part of parts) {
    const kept = keptLayer(known, part);
    if (kept === null) wish.onStep(`Packing ${part.holds}`);
    const layer = kept ?? (await writeBlob(folder, part.holds, part.pack()));
    if (kept === null && known?.image.layers.some(({ sha256 }) => sha256 === layer.sha256) !== true)
      written.push(part.holds);
    layers.push(layer);
    if (wish.interrupted.aborted) return failure({ code: 'internal', what: 'interrupted' });
  }
  const configuration = writeDocument(folder, imageConfiguration(meaning, layers));
  const manifest = writeDocument(folder, imageManifest(meaning, configuration, layers));
  place(folder, 'manifest.json', dockerManifest(name, configuration, layers));
  place(folder, 'index.json', imageIndex(name, meaning, manifest));
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
export function packLayout(folder: string, image: BuiltImage): Readable {
  return packFiles(layoutFiles(folder, image));
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
