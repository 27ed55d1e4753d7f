import { createHash } from 'node:crypto';
import { constants, copyFileSync, createReadStream, existsSync, mkdirSync } from 'node:fs';
import { copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { failure, type Result, success } from '../../base/result.ts';
import { cacheFolders } from '../../host/locations.ts';
import type { DebianPackage } from '../../lock/pins.ts';
import { printable } from '../../problem/problem.ts';
import type { DebianHost } from './debian-host.ts';

/** Where a package lies once it is here: named by its sum, so that one name has one content. */
export function debFile(host: DebianHost, sha256: string): string {
  return join(host.locations.cache, cacheFolders.debs, `${sha256}.deb`);
}

export function hasDeb(host: DebianHost, sha256: string): boolean {
  return existsSync(debFile(host, sha256));
}

/** Lays packages that are here into a folder, by their names, for dpkg to install them all. */
export function layDebs(host: DebianHost, packages: readonly DebianPackage[], folder: string): void {
  for (const { name, sha256 } of packages)
    copyFileSync(debFile(host, sha256), join(folder, `${name}.deb`), constants.COPYFILE_FICLONE);
}

export function makeDebFolder(host: DebianHost): Result<string> {
  return makeCacheFolder(join(host.locations.cache, cacheFolders.debs));
}

/** Makes a folder of the cache, or says why it cannot be written. */
export function makeCacheFolder(folder: string): Result<string> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return success(folder);
  } catch (error) {
    return failure({
      code: 'storage',
      what: `the cache folder ${printable(folder)} cannot be made`,
      why: printable((error as Error).message),
      fix: 'Make it writable, or set CARGO_BOXED_HOME to another folder.',
    });
  }
}

/** Takes a downloaded file into the cache if its sum is the wanted one. The file is gone afterwards either way. */
export async function takeDeb(host: DebianHost, file: string, sha256: string): Promise<'taken' | 'wrong-sum'> {
  try {
    if ((await sha256OfFile(file)) !== sha256) return 'wrong-sum';
    const target = debFile(host, sha256);
    await rename(file, target).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EXDEV') throw error;
      await copyFile(file, `${target}.${process.pid}`);
      await rename(`${target}.${process.pid}`, target);
    });
    return 'taken';
  } finally {
    await rm(file, { force: true });
  }
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
