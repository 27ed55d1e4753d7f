import { constants, copyFileSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PackedFile } from './pack-files.ts';

/**
 * Lays files that are to be packed into a new folder of ours, as whoever unpacks the archive will see them: for one who has
 * to see them before. They are second names of the same files where the file system has such, and must not be written.
 */
export function layFiles(files: Iterable<PackedFile>, folder: string): void {
  for (const file of files) {
    const path = join(folder, file.path);
    mkdirSync(file.kind === 'folder' ? path : dirname(path), { recursive: true });
    if (file.kind === 'text') writeFileSync(path, file.text, { mode: file.mode, flag: 'wx' });
    else if (file.kind === 'file') linkOrCopy(file.source, path);
    else if (file.kind !== 'folder') throw new Error(`nothing that is laid: ${file.kind}`);
  }
}

function linkOrCopy(source: string, path: string): void {
  try {
    linkSync(source, path);
  } catch (error) {
    // Another file system, or the most names that a file may have.
    if (!['EXDEV', 'EMLINK', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    copyFileSync(source, path, constants.COPYFILE_EXCL);
  }
}
