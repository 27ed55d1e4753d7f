import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { extract, type Header } from 'tar-stream';
import { entryPath, foldedPath } from './unpack-entry-path.ts';
import type { UnpackLimits } from './unpack-job.ts';

/** A tar that is no honest crate: which entry, and why. */
export interface Refusal {
  readonly entry: string | null;
  readonly why: string;
}

const executableMode = 0o755;
const plainMode = 0o644;

/**
 * Writes the regular files of a crate's tar below `folder`, which is new and ours alone. Links, devices and everything
 * that is neither a file nor a folder are refused, and so are two entries that one file system could take for the same:
 * nothing that is written can change where a later entry goes. Owners and set-id bits are not taken over.
 */
export function unpackArchive(
  tar: Uint8Array,
  prefix: string,
  folder: string,
  limits: UnpackLimits,
): Promise<Refusal | null> {
  const writer = crateWriter(prefix, folder, limits);
  const parser = extract();
  return new Promise((resolve, reject) => {
    parser.on('entry', (header, content, next) => {
      if (hasStrayContent(header)) {
        parser.destroy();
        return resolve({ entry: header.name, why: 'it has content, and is no file' });
      }
      const pieces: Uint8Array[] = [];
      content.on('data', (piece) => pieces.push(piece as Uint8Array));
      content.on('error', () => {});
      content.on('end', () => {
        try {
          const refusal = writer(header, pieces);
          if (refusal === null) return next();
          parser.destroy();
          resolve(refusal);
        } catch (error) {
          parser.destroy();
          reject(error);
        }
      });
    });
    parser.on('finish', () => resolve(null));
    parser.on('error', (error) => resolve({ entry: null, why: `it is no valid archive (${error.message})` }));
    parser.end(tar);
  });
}

/** Content of what is no file: the parser waits for it for ever, so it must be let go of. */
export function hasStrayContent({ type, size }: Header): boolean {
  return type !== 'file' && (size ?? 0) > 0;
}

type EntryWriter = (header: Header, pieces: readonly Uint8Array[]) => Refusal | null;

function crateWriter(prefix: string, folder: string, limits: UnpackLimits): EntryWriter {
  const files = new Set<string>();
  const folders = new Map<string, string>([['', '']]);
  let entries = 0;
  return (header, pieces) => {
    const refuse = (why: string): Refusal => ({ entry: header.name, why });
    entries += 1;
    if (entries > limits.entries) return refuse(`it has more than ${limits.entries} entries`);
    if (header.type !== 'file' && header.type !== 'directory') return refuse(kindRefused(header.type));
    const place = entryPath(header.name, prefix);
    if ('refused' in place) return refuse(place.refused);
    const parent = header.type === 'directory' ? place.path : parentOf(place.path);
    const clash = claimFolders(parent, folders, files);
    if (clash !== null) return refuse(clash);
    if (header.type === 'directory') {
      mkdirSync(join(folder, place.path), { recursive: true });
      return null;
    }
    const folded = foldedPath(place.path);
    if (place.path === '' || files.has(folded) || folders.has(folded)) return refuse('another entry has its name');
    files.add(folded);
    writeFile(join(folder, place.path), header, pieces);
    return null;
  };
}

function kindRefused(type: string | null | undefined): string {
  return type === 'symlink' || type === 'link' ? 'it is a link' : `it is a ${type ?? 'special file'}`;
}

function parentOf(path: string): string {
  const parent = dirname(path);
  return parent === '.' ? '' : parent;
}

/** Every folder of a path has one spelling in the whole archive, and none is a file. */
function claimFolders(path: string, folders: Map<string, string>, files: ReadonlySet<string>): string | null {
  const known = folders.get(foldedPath(path));
  if (known !== undefined) return known === path ? null : 'another entry spells its folder differently';
  const clash = claimFolders(parentOf(path), folders, files);
  if (clash !== null) return clash;
  if (files.has(foldedPath(path))) return 'another entry is a file where it has a folder';
  folders.set(foldedPath(path), path);
  return null;
}

function writeFile(path: string, header: Header, pieces: readonly Uint8Array[]): void {
  const mode = ((header.mode ?? 0) & 0o111) === 0 ? plainMode : executableMode;
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx', mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    descriptor = openSync(path, 'wx', mode);
  }
  try {
    for (const piece of pieces) {
      for (let done = 0; done < piece.length; ) done += writeSync(descriptor, piece, done);
    }
  } finally {
    closeSync(descriptor);
  }
}
