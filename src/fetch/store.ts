import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const secretFile = 'store-secret';
const secretBytes = 32;

/** The key of the store's names: random, made once, readable by the user alone. */
export function storeSecret(dataFolder: string): Buffer {
  const file = join(dataFolder, secretFile);
  if (!existsSync(file)) {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    const draft = `${file}.${randomBytes(6).toString('hex')}`;
    writeFileSync(draft, randomBytes(secretBytes), { mode: 0o600, flag: 'wx' });
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    rmSync(draft);
  }
  return readFileSync(file);
}

/**
 * The folder of a crate in the store. Knowing a crate's sum is not enough to find it: a box that sees the store can
 * neither list it nor ask whether another project uses some private crate.
 */
export function storeName(secret: Buffer, sha256: string, part: 'whole' | 'stub' = 'whole'): string {
  return createHmac('sha256', secret).update(`${part} ${sha256}`).digest('hex');
}
