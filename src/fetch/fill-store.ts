import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { UnpackEnd, UnpackJob } from '../archive/unpack-job.ts';
import { failure, type Result, success } from '../base/result.ts';
import { type CrateArchive, notFetched, problemsOf } from './explain-unpacking.ts';
import type { LockedCrate } from './lock-packages.ts';
import { type CratePart, knownFolder, noteFolder } from './store.ts';
import { stubSources } from './stub-sources.ts';

export interface StoreInputs {
  readonly store: string;
  /** Where it is noted which folder of the store a crate has. */
  readonly names: string;
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
  if (items.every(({ whole }) => whole !== null)) return success(foldersOf(items, ({ whole }) => whole));
  const manifests = await readManifests(items, inputs);
  if (!manifests.ok) return manifests;
  const isNeeded = inputs.needed(manifests.value);
  const keepWhole = (item: StoredCrate) =>
    item.whole !== null || !manifests.value.has(item.crate.sha256) || isNeeded(item.crate);
  const there = (item: StoredCrate) => (keepWhole(item) ? item.whole : item.stub);
  const absent = items.filter((item) => there(item) === null);
  const done = await runJobs(absent, inputs, (item, job): UnpackJob => {
    const places = { workFolder: join(inputs.workFolder, item.crate.sha256), store: inputs.store };
    if (keepWhole(item)) return { ...job, ...places, kind: 'whole' };
    const manifest = manifests.value.get(item.crate.sha256) ?? '';
    return { ...job, ...places, kind: 'stub', manifest, sources: stubSources(manifest) };
  });
  if (!done.ok) return done;
  const fresh = new Map<StoredCrate, string>();
  for (const [item, end] of done.value) {
    if (end.kind !== 'unpacked') continue;
    fresh.set(item, end.folder);
    noteFolder(inputs.names, item.crate.sha256, keepWhole(item) ? 'whole' : 'stub', end.folder);
  }
  return success(foldersOf(items, (item) => fresh.get(item) ?? there(item)));
}

interface StoredCrate extends CrateArchive {
  /** Its folder in the store, in each form; `null`: it is not there. */
  readonly whole: string | null;
  readonly stub: string | null;
}

function placeOf({ sha256 }: LockedCrate, { names, store }: StoreInputs) {
  const there = (part: CratePart): string | null => {
    const folder = knownFolder(names, sha256, part);
    return folder !== null && existsSync(join(store, folder)) ? folder : null;
  };
  return { whole: there('whole'), stub: there('stub') };
}

function foldersOf(items: readonly StoredCrate[], folderOf: (item: StoredCrate) => string | null): StoreFolders {
  return new Map(items.map((item) => [item.crate.sha256, folderOf(item) ?? '']));
}

/** Manifests by sha256: from the store where it has the crate in any form, else from the checked archives. */
async function readManifests(
  items: readonly StoredCrate[],
  inputs: StoreInputs,
): Promise<Result<ReadonlyMap<string, string>>> {
  const texts = new Map<string, string>();
  for (const item of items) {
    const name = item.whole ?? item.stub;
    if (name === null) continue;
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
