import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { moveIntoPlace } from '../host/move-into-place.ts';
import { type Refusal, unpackArchive } from './unpack-archive.ts';
import { entryPath } from './unpack-entry-path.ts';
import {
  type StubJob,
  type UnpackEnd,
  type UnpackJob,
  type UnpackLimits,
  unpackLimits,
  type WholeJob,
} from './unpack-job.ts';
import { readArchivedManifest } from './unpack-manifest.ts';

/**
 * Checks one `.crate` against its sum and does its job. The bytes that are summed are the bytes that are used. A folder
 * appears whole or not at all: it is made elsewhere and moved.
 */
export async function unpackCrate(job: UnpackJob, limits: UnpackLimits = unpackLimits): Promise<UnpackEnd> {
  try {
    const archive = readArchive(job.archive, limits.archiveBytes);
    if (archive === null) return refused({ entry: null, why: `it has more than ${limits.archiveBytes} bytes` });
    const actual = createHash('sha256').update(archive).digest('hex');
    if (actual !== job.sha256) return { kind: 'wrong-sum', actual };
    return await useArchive(job, archive, limits);
  } catch (error) {
    return { kind: 'failed', why: (error as Error).message };
  } finally {
    if (job.kind !== 'manifest') rmSync(job.workFolder, { recursive: true, force: true });
  }
}

async function useArchive(job: UnpackJob, archive: Buffer, limits: UnpackLimits): Promise<UnpackEnd> {
  switch (job.kind) {
    case 'manifest':
      return { kind: 'manifest', text: await readArchivedManifest(archive, job.prefix) };
    case 'stub':
      return makeStub(job, archive);
    case 'whole':
      return unpackWhole(job, archive, limits);
  }
}

async function unpackWhole(job: WholeJob, archive: Buffer, limits: UnpackLimits): Promise<UnpackEnd> {
  const tar = decompress(archive, limits.unpackedBytes);
  if ('why' in tar) return refused(tar);
  mkdirSync(job.workFolder);
  const refusal = await unpackArchive(tar, job.prefix, job.workFolder, limits);
  if (refusal !== null) return refused(refusal);
  writeFileSync(join(job.workFolder, '.cargo-checksum.json'), checksumFile(job.sha256));
  return keep(job, archive);
}

/**
 * The name is made of all the bytes of the archive, by another sum than the one that locks and indexes have: equal on every
 * machine, since compilers note the folder in which they run, and nothing that a box could look for without having the
 * crate.
 */
function keep(job: WholeJob | StubJob, archive: Buffer): UnpackEnd {
  const folder = createHash('sha512').update(`${job.kind} `).update(archive).digest('hex').slice(0, 64);
  moveIntoPlace(job.workFolder, join(job.store, folder));
  return { kind: 'unpacked', folder };
}

/** Whoever compiles it after all is told why it cannot be. */
const stubSource =
  'compile_error!("cargo-boxed: this crate is for other targets than those that were fetched for; name the target with --target");\n';

function makeStub(job: StubJob, archive: Buffer): UnpackEnd {
  mkdirSync(job.workFolder);
  for (const path of job.sources) {
    const place = entryPath(`${job.prefix}/${path}`, job.prefix);
    if ('refused' in place || place.path === '') continue;
    mkdirSync(join(job.workFolder, dirname(place.path)), { recursive: true });
    writeFileSync(join(job.workFolder, place.path), stubSource);
  }
  writeFileSync(join(job.workFolder, 'Cargo.toml'), job.manifest);
  writeFileSync(join(job.workFolder, '.cargo-checksum.json'), checksumFile(job.sha256));
  return keep(job, archive);
}

function refused(refusal: Refusal): UnpackEnd {
  return { kind: 'refused', ...refusal };
}

/**
 * What a directory source wants: cargo compares `package` with Cargo.lock. The list of files stays empty, since the
 * store is only ever seen read-only and cargo would otherwise hash every file at every build.
 */
function checksumFile(sha256: string): string {
  return `{"files":{},"package":"${sha256}"}`;
}

function readArchive(path: string, maximumBytes: number): Buffer | null {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new Error('the archive is not a regular file');
    return stat.size > maximumBytes ? null : readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The last four bytes of a gzip file promise its size, a good guess for the buffer; the limit holds whatever they say. */
function decompress(archive: Buffer, maximumBytes: number): Buffer | Refusal {
  const promised = archive.length >= 4 ? archive.readUInt32LE(archive.length - 4) : 0;
  const tooLarge = { entry: null, why: `it unpacks to more than ${maximumBytes} bytes` };
  try {
    return gunzipSync(archive, {
      maxOutputLength: maximumBytes,
      chunkSize: Math.min(Math.max(promised + 64, 16 * 1024), 32 * 1024 * 1024),
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return tooLarge;
    return { entry: null, why: `it is no valid gzip file (${(error as Error).message})` };
  }
}
