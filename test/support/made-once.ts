import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `make` gives for a folder of its own; made anew only where it did not come to its end before. Not for several at once. */
export function madeOnce(folder: string, make: (folder: string) => string): string {
  const done = join(folder, 'made');
  if (!existsSync(done)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(done, make(folder));
  }
  return readFileSync(done, 'utf8');
}
