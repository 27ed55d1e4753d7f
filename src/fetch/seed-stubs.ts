import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LockedCrate } from './lock-packages.ts';

/**
 * Makes cargo believe that it has unpacked these crates already, so that it only downloads their archives: we check and
 * unpack them ourselves, and cargo's own unpacking is the slow half of a fetch. A version of cargo that does not
 * believe it unpacks them, which costs time and nothing else.
 */
export function seedStubs(unpacked: string, indexFolder: string, crates: readonly LockedCrate[]): void {
  for (const { name, version } of crates) {
    const folder = join(unpacked, indexFolder, `${name}-${version}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '.cargo-ok'), '{"v":1}');
    writeFileSync(
      join(folder, 'Cargo.toml'),
      `[package]\nname = ${JSON.stringify(name)}\nversion = ${JSON.stringify(version)}\n[lib]\npath = "l.rs"\n`,
    );
  }
}
