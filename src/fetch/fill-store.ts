import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { UnpackEnd, UnpackJob } from '../archive/unpack-job.ts';
import { failure, type Result, success } from '../base/result.ts';
import { type CrateArchive, notFetched, problemsOf } from './explain-unpacking.ts';
import type { LockedCrate } from './lock-packages.ts';
import { storeName } from './store.ts';
import { stubSources } from './stub-sources.ts';

export interface StoreInputs {
  readonly store: string;
  readonly secret: Buffer;
  /** Folder of this run, for crates that are being made. */
  readonly workFolder: string;
  readonly cpus: number;
  readonly signal: AbortSignal;
  /** Which crates are needed whole, told from the manifests of all (by sha256). */
  readonly needed: (manifests: ReadonlyMap<string, string>) => (crate: LockedCrate) => boolean;
}

/** sha256 of a crate → its folder in the store. */
export type StoreFolders = ReadonlyMap<string, string>;

/**
 * Checks and unpacks the crates that the store lacks. A crate that no wanted target compiles gets its manifest alone,
 * unless it stands there whole already.
 */
export async function fillStore(crates: readonly CrateArchive[], inputs: StoreInputs): Promise<Result<StoreFolders>> {
  const state = new Map(crates.map((item) => [item.crate.sha256, { ...item, ...placeOf(item.crate, inputs) }]));
  const items = [...state.values()];
  if (items.every(({ wholeThere }) => wholeThere)) return success(foldersOf(items, () => true));
  const manifests = await readManifests(items, inputs);
  if (!manifests.ok) return manifests;
  const isNeeded = inputs.needed(manifests.value);
  const keepWhole = (item: StoredCrate) =>
    item.wholeThere || !manifests.value.has(item.crate.sha256) || isNeeded(item.crate);
  const absent = items.filter((item) => !(keepWhole(item) ? item.wholeThere : item.stubThere));
  const done = await runJobs(absent, inputs, (item, job): UnpackJob => {
    if (keepWhole(item))
      return { ...job, kind: 'whole', workFolder: workFolder(item.whole), folder: folder(item.whole) };
    const manifest = manifests.value.get(item.crate.sha256) ?? '';
    const places = { workFolder: workFolder(item.stub), folder: folder(item.stub) };
    return { ...job, kind: 'stub', ...places, manifest, sources: stubSources(manifest) };
  });
  return done.ok ? success(foldersOf(items, keepWhole)) : done;

  function workFolder(name: string): string {
    return join(inputs.workFolder, name);
  }
  function folder(name: string): string {
    return join(inputs.store, name);
  }
}

interface StoredCrate extends CrateArchive {
  readonly whole: string;
  readonly stub: string;
  readonly wholeThere: boolean;
  readonly stubThere: boolean;
}

function placeOf({ sha256 }: LockedCrate, { secret, store }: StoreInputs) {
  const whole = storeName(secret, sha256);
  const stub = storeName(secret, sha256, 'stub');
  const there = (name: string) => existsSync(join(store, name));
  return { whole, stub, wholeThere: there(whole), stubThere: there(stub) };
}

function foldersOf(items: readonly StoredCrate[], keepWhole: (item: StoredCrate) => boolean): StoreFolders {
  return new Map(items.map((item) => [item.crate.sha256, keepWhole(item) ? item.whole : item.stub]));
}

/** Manifests by sha256: from the store where it has the crate in any form, else from the checked archives. */
async function readManifests(
  items: readonly StoredCrate[],
  inputs: StoreInputs,
): Promise<Result<ReadonlyMap<string, string>>> {
  const texts = new Map<string, string>();
  for (const item of items.filter(({ wholeThere, stubThere }) => wholeThere || stubThere)) {
    const name = item.wholeThere ? item.whole : item.stub;
    texts.set(item.crate.sha256, readFileSync(join(inputs.store, name, 'Cargo.toml'), 'utf8'));
  }
  const rest = items.filter(({ crate }) => !texts.has(crate.sha256));
  const ends = await runJobs(rest, inputs, (_, job) => ({ ...job, kind: 'manifest' }));
  if (!ends.ok) return ends;
  for (const [item, end] of ends.value) {
    if (end.kind === 'manifest' && end.text !== null) texts.set(item.crate.sha256, end.text);
  }
  return success(texts);
}

type JobBase = Pick<UnpackJob, 'archive' | 'prefix' | 'sha256'>;

/** Runs a job for each crate, the largest first: else one thread is still busy with it when all others are done. */
async function runJobs(
  items: readonly StoredCrate[],
  inputs: StoreInputs,
  jobOf: (item: StoredCrate, job: JobBase) => UnpackJob,
): Promise<Result<readonly (readonly [StoredCrate, UnpackEnd])[]>> {
  const lost = items.filter(({ archive }) => archive === null);
  if (lost.length > 0) return failure(...lost.map(({ crate }) => notFetched(crate)));
  if (items.length === 0) return success([]);
  mkdirSync(inputs.workFolder, { recursive: true });
  const sized = items.map((item) => ({
    item,
    bytes: statSync(item.archive ?? '', { throwIfNoEntry: false })?.size ?? 0,
  }));
  const order = sized.sort((left, right) => right.bytes - left.bytes).map(({ item }) => item);
  const { unpackCrates } = await import('../archive/unpack-crates.ts');
  const ends = await unpackCrates(
    order.map((item) => {
      const { name, version, sha256 } = item.crate;
      return jobOf(item, { archive: item.archive ?? '', prefix: `${name}-${version}`, sha256 });
    }),
    inputs,
  );
  const pairs = order.map((item, index) => [item, ends[index] ?? { kind: 'failed', why: 'no answer' }] as const);
  const problems = problemsOf(pairs, inputs.store);
  return problems.length > 0 ? failure(...problems) : success(pairs);
}
