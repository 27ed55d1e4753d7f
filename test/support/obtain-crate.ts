import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** A published crate, by the sum of its archive. */
export interface CratePin {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** A CARGO_HOME of tests that outlives a run, for host cargo and the archives of real projects. */
export const keptCargoHome = join(
  process.env.CARGO_BOXED_TEST_DOWNLOADS ?? join(homedir(), '.cache/cargo-boxed-tests'),
  'cargo',
);

/** Host cargo's environment in comparisons: what rustup needs, and no setting of the person who runs the tests. */
export function hostCargoVariables(cargoHome: string, more: Record<string, string> = {}): Record<string, string> {
  const passed = /^(PATH|HOME|LANG|TMPDIR|RUSTUP_HOME|.*_(proxy|PROXY)|SSL_CERT_(FILE|DIR)|CARGO_HTTP_.*)$/;
  const kept = Object.entries(process.env).filter((entry): entry is [string, string] => passed.test(entry[0]));
  return { ...Object.fromEntries(kept), CARGO_HOME: cargoHome, ...more };
}

/** The archive of a published crate, brought by cargo itself and checked. */
export function obtainArchive(pin: CratePin): string {
  const found = findArchive(pin) ?? downloadArchive(pin);
  const sum = createHash('sha256').update(readFileSync(found)).digest('hex');
  if (sum !== pin.sha256) throw new Error(`${found} has the sum ${sum}, not ${pin.sha256}`);
  return found;
}

/** Unpacks a published crate into `folder` (made), without its choice of a toolchain: all is compared with one. */
export function unpackCrate(pin: CratePin, folder: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', obtainArchive(pin), '--strip-components=1', '--no-same-owner', '-C', folder]);
  for (const choice of ['rust-toolchain', 'rust-toolchain.toml']) rmSync(join(folder, choice), { force: true });
}

function findArchive({ name, version }: CratePin): string | null {
  const cache = join(keptCargoHome, 'registry/cache');
  try {
    for (const registry of readdirSync(cache)) {
      const file = join(cache, registry, `${name}-${version}.crate`);
      if (readdirSync(join(cache, registry)).includes(`${name}-${version}.crate`)) return file;
    }
  } catch {
    // Nothing was downloaded yet.
  }
  return null;
}

/** `cargo info` downloads exactly one archive: it reads the manifest in it. */
function downloadArchive(pin: CratePin): string {
  mkdirSync(keptCargoHome, { recursive: true });
  const nowhere = mkdtempSync(join(tmpdir(), 'cargo-boxed-obtain-'));
  try {
    execFileSync('cargo', ['info', '--quiet', `${pin.name}@${pin.version}`], {
      cwd: nowhere,
      env: hostCargoVariables(keptCargoHome),
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 120_000,
    });
  } finally {
    rmSync(nowhere, { recursive: true, force: true });
  }
  const file = findArchive(pin);
  if (file === null) throw new Error(`cargo info brought no archive of ${pin.name} ${pin.version}`);
  return file;
}
