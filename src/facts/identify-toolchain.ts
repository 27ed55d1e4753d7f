import { createHash } from 'node:crypto';
import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolchainFacts } from './facts.ts';
import { rememberFile } from './remember-file.ts';

type Identity = Pick<ToolchainFacts, 'version' | 'manifestSha256'>;

/**
 * Version and hash of a toolchain. An installed one is named by its channel manifest, which has the sum of every
 * component. A linked one has no manifest: it is named by the sizes and times of its files, which holds on this machine
 * alone, and says that a rebuilt compiler is another one. `memory` is where a manifest of a megabyte is remembered.
 */
export function identifyToolchain(path: string, memory: string | null = null): Identity {
  try {
    const file = join(path, 'lib/rustlib/multirust-channel-manifest.toml');
    return rememberFile(memory, file, () => {
      const manifest = readFileSync(file);
      return { version: versionOf(manifest), manifestSha256: createHash('sha256').update(manifest).digest('hex') };
    });
  } catch {
    return { version: unknownVersion, manifestSha256: hashOfTimes(path) };
  }
}

const unknownVersion = 'unknown';

/** Looks for the two lines alone: to parse a megabyte of TOML would cost more than all the rest. */
function versionOf(manifest: Buffer): string {
  const start = manifest.indexOf('\n[pkg.rustc]\n');
  if (start === -1) return unknownVersion;
  const lines = manifest.subarray(start, start + 300).toString('utf8');
  return /^version = "([0-9A-Za-z.+-]+)[ "]/m.exec(lines)?.[1] ?? unknownVersion;
}

const maximumDepth = 5;

function hashOfTimes(path: string): string {
  const hash = createHash('sha256').update('linked toolchain\n');
  const visit = (folder: string, depth: number) => {
    for (const entry of sortedEntries(join(path, folder))) {
      const below = `${folder}/${entry.name}`;
      if (entry.isDirectory() && depth < maximumDepth) visit(below, depth + 1);
      if (entry.isDirectory()) continue;
      const stat = lstatSync(join(path, below), { bigint: true, throwIfNoEntry: false });
      hash.update(`${JSON.stringify([below, String(stat?.size), String(stat?.mtimeNs)])}\n`);
    }
  };
  for (const folder of ['bin', 'lib', 'libexec']) visit(folder, 0);
  return hash.digest('hex');
}

function sortedEntries(folder: string): readonly Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  } catch {
    return [];
  }
}
