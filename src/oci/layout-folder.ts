import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { writeSummed } from '../archive/pack-image.ts';
import { failure, type Result, success } from '../base/result.ts';
import { stampOf } from '../host/file-stamp.ts';
import { printable } from '../problem/problem.ts';
import { blobPath, type Document, layoutMark } from './image-documents.ts';
import type { ImageLayer } from './layer-of-image.ts';

/** Prepares a folder that is, or becomes, a layout of ours alone: what has anything else in it is refused. */
export function openLayout(folder: string): Result<void> {
  const refuse = (why: string) =>
    failure({
      code: 'path',
      what: `no image can be written to ${printable(folder)}`,
      why,
      fix: 'Name a folder that is empty, new, or an image layout (`--output oci:DIR`).',
    });
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isDirectory()) return refuse('it is no folder');
  const names = stat === undefined ? [] : readdirSync(folder);
  const isLayout = names.includes(layoutMark.path) && lstatSync(join(folder, layoutMark.path)).isFile();
  if (names.length > 0 && !isLayout) return refuse('there are other files in it');
  const blobs = ['blobs', 'blobs/sha256'].map((name) => lstatSync(join(folder, name), { throwIfNoEntry: false }));
  if (blobs.some((blob) => blob !== undefined && !blob.isDirectory())) return refuse('its `blobs` is no folder');
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  place(folder, layoutMark.path, layoutMark.text);
  return success(undefined);
}

/** Writes one blob under the name that its content gives it; whole or not at all. */
export async function writeBlob(folder: string, holds: string, stream: Readable): Promise<ImageLayer> {
  const fresh = join(folder, 'blobs/sha256', freshName());
  try {
    const sha256 = await writeSummed(stream, fresh);
    const { size } = lstatSync(fresh);
    chmodSync(fresh, 0o644);
    renameSync(fresh, join(folder, blobPath(sha256)));
    return { holds, sha256, sizeBytes: size };
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** A document among the blobs. */
export function writeDocument(
  folder: string,
  { text }: Document,
): { readonly sha256: string; readonly sizeBytes: number } {
  const sha256 = createHash('sha256').update(text).digest('hex');
  place(folder, blobPath(sha256), text);
  return { sha256, sizeBytes: Buffer.byteLength(text) };
}

/** Puts a file in its place in one step. */
export function place(folder: string, path: string, text: string): void {
  const fresh = join(folder, freshName());
  const file = openSync(fresh, 'wx', 0o644);
  writeFileSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(fresh, join(folder, path));
}

/** Deletes blobs that the image does not have, and what a killed run has left. */
export function dropOthers(folder: string, kept: ReadonlySet<string>): void {
  const blobs = join(folder, 'blobs/sha256');
  for (const name of readdirSync(blobs))
    if (!kept.has(name) && (/^[0-9a-f]{64}$/.test(name) || isFreshName(name)))
      rmSync(join(blobs, name), { force: true });
  for (const name of readdirSync(folder)) if (isFreshName(name)) rmSync(join(folder, name), { force: true });
}

/** What tells whether anybody has touched these blobs; `null`: one is not there. */
export function blobStamps(folder: string, sums: readonly string[]): readonly string[] | null {
  const stats = sums.map((sum) => lstatSync(join(folder, blobPath(sum)), { throwIfNoEntry: false }));
  return stats.every((stat) => stat?.isFile() === true)
    ? stats.map((stat) => stampOf(stat as NonNullable<typeof stat>))
    : null;
}

function freshName(): string {
  return `.new-${randomBytes(8).toString('hex')}`;
}

function isFreshName(name: string): boolean {
  return /^\.new-[0-9a-f]{16}$/.test(name);
}
