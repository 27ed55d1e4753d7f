import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder of our own package that holds a file of that name: it lies beside our bundle, or beside our sources. */
export function packageFolder(folder: string, file: string): string {
  for (let around = dirname(fileURLToPath(import.meta.url)); around !== '/'; around = dirname(around)) {
    const found = join(around, folder);
    if (existsSync(join(found, file))) return found;
  }
  throw new Error(`the package lacks ${folder}`);
}
