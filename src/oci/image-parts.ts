import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { findDifference } from '../archive/find-difference.ts';
import { type PackedFile, packFiles } from '../archive/pack-files.ts';
import { packRoot } from '../archive/pack-root.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { readInRoot } from '../customs/read-in-root.ts';
import { assignPackages } from './assign-packages.ts';
import { crateFiles, type PackedCrates } from './crate-files.ts';
import { dependencyFiles, type PackedDependencies } from './dependency-files.ts';
import { type ImageMeaning, markPath } from './image-documents.ts';
import { packedFile, shareOut } from './package-files.ts';

/** One layer of the image, before it is packed. */
export interface ImagePart {
  readonly holds: string;
  /** What decides its bytes, where that is known without packing it. */
  readonly of: string | null;
  pack(): Readable;
}

/** Folders as they lie on this machine, and what of the lock says how they came to be. */
export interface ImageSources {
  readonly meaning: ImageMeaning;
  readonly base: { readonly path: string; readonly sha256: string };
  /** The base with the layers in it; the base itself when there are none. */
  readonly root: string;
  /** Names of what was added to the base. */
  readonly added: readonly string[];
  readonly layers: readonly { readonly name: string; readonly packages: readonly string[] }[];
  readonly toolchain: { readonly path: string; readonly files: readonly string[]; readonly sum: string };
  /** The crates of Cargo.lock, where they are to be in it. */
  readonly crates: PackedCrates | null;
  /** What is compiled of them, where that is to be in it. */
  readonly dependencies: PackedDependencies | null;
}

/**
 * The layers of an image, the lowest first: the base, the toolchain, what each layer of the set brings, and a small one
 * with what dpkg and the loader know of all of it. Another layer in the set moves its own and the last.
 */
export function imageParts(sources: ImageSources): readonly ImagePart[] {
  const { crates, dependencies } = sources;
  const ofCrates =
    crates === null
      ? []
      : [{ holds: 'crates', of: `crates ${crates.name}`, pack: () => packFiles(crateFiles(crates)) }];
  const compiled =
    dependencies === null
      ? []
      : [
          {
            holds: `dependencies ${dependencies.profile}`,
            of: `dependencies ${dependencies.sum}`,
            pack: () => packFiles(dependencyFiles(dependencies)),
          },
        ];
  return [...environmentParts(sources), ...ofCrates, ...compiled];
}

function environmentParts({ meaning, base, root, added, layers, toolchain }: ImageSources): readonly ImagePart[] {
  const whole: readonly ImagePart[] = [
    { holds: 'base', of: `base ${base.sha256}`, pack: () => packRoot(base.path) },
    {
      holds: `toolchain ${meaning.toolchain}`,
      of: `whole toolchain ${toolchain.sum}`,
      pack: () => packFiles(toolchainFiles(toolchain.path, toolchain.files)),
    },
  ];
  const ready = readyFolders(meaning);
  if (added.length === 0) return [...whole, { holds: 'state', of: null, pack: () => packFiles(ready) }];
  const status = readInRoot(root, 'var/lib/dpkg/status') ?? '';
  const difference = findDifference(base.path, root);
  const { parts, rest } = shareOut(root, base.path, difference, assignPackages(status, added, layers));
  return [
    ...whole,
    ...parts.map(({ holds, files }) => ({ holds, of: null, pack: () => packFiles(files) })),
    { holds: 'state', of: null, pack: () => packFiles([...rest, ...ready]) },
  ];
}

/** All of its components, manuals too: whoever is in the image can sum them as the lock does. */
function toolchainFiles(path: string, files: readonly string[]): readonly PackedFile[] {
  const kept = [...new Set(files)].sort();
  const folders = new Set<string>();
  for (const file of kept) {
    const names = file.split('/').slice(0, -1);
    for (let depth = 0; depth <= names.length; depth++)
      folders.add(['box/toolchain', ...names.slice(0, depth)].join('/'));
  }
  const entries = kept.flatMap((file): readonly PackedFile[] => {
    const packed = packedFile(join(path, file), `box/toolchain/${file}`);
    // A umask of whoever installed it is not part of it.
    if (packed?.kind === 'file') return [{ ...packed, mode: (packed.mode & 0o100) === 0 ? 0o644 : 0o755 }];
    return packed === null ? [] : [packed];
  });
  const around = [...folders].map((folder): PackedFile => ({ kind: 'folder', path: folder, mode: 0o755 }));
  return [...around, ...entries].sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** Folders that whoever runs in it may write, whatever user that is, and what the image is. */
function readyFolders(meaning: ImageMeaning): readonly PackedFile[] {
  const open = ['box/cargo', 'box/home', 'box/target'].map((path) => ({ kind: 'folder', path, mode: 0o1777 }) as const);
  return [
    ...open,
    { kind: 'folder', path: 'box/project', mode: 0o755 },
    // Where a box that is made in a container of it mounts its own: an image cannot be changed there.
    { kind: 'text', path: 'etc/ld.so.preload', mode: 0o644, text: '' },
    { kind: 'text', path: markPath, mode: 0o444, text: markOf(meaning) },
  ];
}

/** Of the environment alone: whether crates lie in it, compiled or not, changes nothing of what it is. */
function markOf({ crates: _, dependencies: __, ...environment }: ImageMeaning): string {
  return canonicalJson({ version: 1, ...environment }, 2);
}

/** sha256 of what a stream gives. */
export async function sumOf(stream: Readable): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const sum = createHash('sha256');
  let sizeBytes = 0;
  for await (const piece of stream) {
    sum.update(piece as Buffer);
    sizeBytes += (piece as Buffer).length;
  }
  return { sha256: sum.digest('hex'), sizeBytes };
}
