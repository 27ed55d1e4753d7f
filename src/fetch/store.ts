import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UnpackEnd, UnpackJob } from '../archive/unpack-job.ts';
import { failure, type Result, success } from '../base/result.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { LockedCrate } from './lock-packages.ts';

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
export function storeName(secret: Buffer, sha256: string): string {
  return createHmac('sha256', secret).update(sha256).digest('hex');
}

export interface StoreInputs {
  readonly store: string;
  readonly secret: Buffer;
  /** Folder of this run, for crates that are being made. */
  readonly workFolder: string;
  readonly cpus: number;
  readonly signal: AbortSignal;
}

export interface CrateArchive {
  readonly crate: LockedCrate;
  /** Where its archive is, if it is anywhere. */
  readonly archive: string | null;
}

/** Checks and unpacks the crates that the store lacks. */
export async function fillStore(crates: readonly CrateArchive[], inputs: StoreInputs): Promise<Result<void>> {
  const wanted = new Map<string, CrateArchive & { readonly sizeBytes: number }>();
  const lost: Problem[] = [];
  for (const item of crates) {
    const name = storeName(inputs.secret, item.crate.sha256);
    if (wanted.has(name) || existsSync(join(inputs.store, name))) continue;
    if (item.archive === null) lost.push(missing(item.crate));
    else wanted.set(name, { ...item, sizeBytes: statSync(item.archive, { throwIfNoEntry: false })?.size ?? 0 });
  }
  if (lost.length > 0) return failure(...lost);
  if (wanted.size === 0) return success(undefined);
  mkdirSync(inputs.workFolder, { recursive: true });
  // The largest first: else one thread is still busy with it when all others are done.
  const order = [...wanted].sort(([, left], [, right]) => right.sizeBytes - left.sizeBytes);
  const jobs = order.map(
    ([name, { crate, archive }]): UnpackJob => ({
      archive: archive ?? '',
      prefix: `${crate.name}-${crate.version}`,
      sha256: crate.sha256,
      workFolder: join(inputs.workFolder, name),
      folder: join(inputs.store, name),
    }),
  );
  const { unpackCrates } = await import('../archive/unpack-crates.ts');
  const ends = await unpackCrates(jobs, inputs);
  const problems = order.flatMap(([, item], index) => {
    const end = ends[index];
    return end === undefined || end.kind === 'unpacked' ? [] : [problemOf(item, end)];
  });
  return problems.length > 0 ? failure(...problems) : success(undefined);
}

function problemOf({ crate, archive }: CrateArchive, end: Exclude<UnpackEnd, { kind: 'unpacked' }>): Problem {
  const named = `${crate.name} ${crate.version}`;
  switch (end.kind) {
    case 'wrong-sum':
      if (archive !== null) rmSync(archive, { force: true });
      return {
        code: 'checksum-mismatch',
        what: `the archive of ${named} is not the one that Cargo.lock names`,
        where: { file: 'Cargo.lock' },
        why: `its sha256 is ${end.actual}, Cargo.lock says ${crate.sha256}`,
        fix: 'Run the command again: the archive was removed and will be fetched anew. If it differs again, ask the registry.',
      };
    case 'refused':
      return {
        code: 'archive-refused',
        what: `the archive of ${named} was refused`,
        why: end.entry === null ? end.why : `${printable(end.entry, 120)}: ${end.why}`,
        fix: 'An honest crate has only plain files in its own folder: look at it before you use it.',
      };
    case 'failed':
      return { code: 'storage', what: `${named} could not be unpacked`, why: printable(end.why) };
  }
}

function missing(crate: LockedCrate): Problem {
  return {
    code: 'fetch-failed',
    what: `${crate.name} ${crate.version} was not fetched`,
    why: `cargo ended well, but there is no archive of it from ${printable(crate.source)}`,
  };
}
