import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A folder of our own package that holds a file of that name: it lies beside our bundle, or beside our sources. */
export function packageFolder(folder: string, file: string): string {
  for (let around: string = import.meta.dirname; around !== '/'; around = dirname(around)) {
    const found = join(around, folder);
    if (existsSync(join(found, file))) return found;
  }
  throw new Error(`the package lacks ${folder}`);
}
