import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  writeFile,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { BoxLimits } from '../../plan/box-plan.ts';
import type { Guarantee } from '../engine.ts';
import { delegatedGroup } from './delegated-group.ts';

/** Which kernel file holds which limit, for both versions of control groups. */
const controllers = [
  {
    limit: 'memoryBytes',
    guarantee: 'memory-limit',
    controller: 'memory',
    v1: 'memory.limit_in_bytes',
    v2: 'memory.max',
  },
  { limit: 'processes', guarantee: 'process-limit', controller: 'pids', v1: 'pids.max', v2: 'pids.max' },
  { limit: 'cpus', guarantee: 'cpu-limit', controller: 'cpu', v1: 'cpu.cfs_quota_us', v2: 'cpu.max' },
] as const;
type ControlledLimit = (typeof controllers)[number]['limit'];

/** Files that count how often a limit was hit: the kernel's word, which nothing inside the box can change. */
const counters = {
  memoryBytes: { v1: ['memory.oom_control', /^oom_kill (\d+)$/m], v2: ['memory.events', /^oom_kill (\d+)$/m] },
  processes: { v1: ['pids.events', /^max (\d+)$/m], v2: ['pids.events', /^max (\d+)$/m] },
} as const;

export interface ControlGroups {
  readonly version: 1 | 2;
  /** Limit → the folder below which groups can be made. */
  readonly parents: ReadonlyMap<ControlledLimit, string>;
}

const mountPoint = '/sys/fs/cgroup';
const ownFolder = 'cargo-boxed';
const cpuPeriodUs = 100_000;

/**
 * The control groups that this user can make here. Version 1 needs write access to each controller's folder; version 2
 * a group that is delegated to this user. An ordinary user without delegation gets an empty map.
 */
export function findControlGroups(): ControlGroups {
  const parents = new Map<ControlledLimit, string>();
  const unified = existsSync(join(mountPoint, 'cgroup.controllers'));
  for (const { limit, controller } of controllers) {
    const parent = unified ? delegatedGroup(mountPoint, controller) : writableFolder(join(mountPoint, controller));
    if (parent !== null) parents.set(limit, parent);
  }
  return { version: unified ? 2 : 1, parents };
}

export function guaranteesOf(groups: ControlGroups): readonly Guarantee[] {
  return controllers.filter(({ limit }) => groups.parents.has(limit)).map(({ guarantee }) => guarantee);
}

function writableFolder(folder: string): string | null {
  try {
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return null;
  }
}

export interface ControlGroup {
  /**
   * Puts a process, and all that it starts from then on, into the group. The kernel takes up to some 10 ms for it, which
   * pass beside what this process does.
   */
  join(processId: number): Promise<void>;
  /** The limit that was hit, told by the kernel's counters. */
  hit(): { limit: 'memoryBytes' | 'processes'; value: number } | null;
  /** Kills what is left inside and removes the folders. */
  dissolve(): Promise<void>;
}

/**
 * Makes a group for one box with those of its limits that control groups can hold here. The box can read its name, which
 * says nothing of this machine; so the folders are noted in `noteFile` before they are made, for who finds them left.
 */
export function makeControlGroup(groups: ControlGroups, noteFile: string, limits: BoxLimits): ControlGroup | null {
  const id = randomBytes(8).toString('hex');
  const held = controllers.flatMap((one) => {
    const value = limits[one.limit]?.value;
    const parent = groups.parents.get(one.limit);
    return value === undefined || parent === undefined ? [] : [{ ...one, value, folder: join(parent, ownFolder, id) }];
  });
  if (held.length === 0) return null;
  const unique = [...new Set(held.map(({ folder }) => folder))];
  writeFileSync(noteFile, unique.join('\n'), { mode: 0o600 });
  for (const { limit, controller, v1, v2, value, folder } of held) {
    makeFolder(folder, groups.version === 2 ? controller : null);
    if (limit === 'cpus') setCpus(groups.version, folder, value);
    else writeFileSync(join(folder, groups.version === 1 ? v1 : v2), String(Math.floor(value)));
    if (limit === 'memoryBytes') forbidSwap(groups.version, folder, value);
  }
  return {
    join: async (processId) => {
      await Promise.all(unique.map((folder) => write(join(folder, 'cgroup.procs'), String(processId))));
    },
    hit: () => hitLimit(groups.version, new Map(held.map(({ limit, folder }) => [limit, folder])), limits),
    dissolve: () => dissolve(unique),
  };
}

const write = promisify(writeFile);

/** Another command that ends may take the empty parent away at any moment: then it is made again. */
function makeFolder(folder: string, controller: string | null): void {
  for (let attemptsLeft = 10; ; attemptsLeft--) {
    try {
      mkdirSync(dirname(folder), { recursive: true });
      if (controller !== null) writeFileSync(join(dirname(folder), 'cgroup.subtree_control'), `+${controller}`);
      mkdirSync(folder, { recursive: true });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attemptsLeft === 0) throw error;
    }
  }
}

function setCpus(version: 1 | 2, folder: string, cpus: number): void {
  const quota = Math.max(1000, Math.round(cpus * cpuPeriodUs));
  if (version === 2) {
    writeFileSync(join(folder, 'cpu.max'), `${quota} ${cpuPeriodUs}`);
  } else {
    writeFileSync(join(folder, 'cpu.cfs_period_us'), String(cpuPeriodUs));
    writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(quota));
  }
}

/** Memory and swap together may not be more than memory alone: a limit that swaps is a slow machine, not a limit. */
function forbidSwap(version: 1 | 2, folder: string, memoryBytes: number): void {
  const file = join(folder, version === 1 ? 'memory.memsw.limit_in_bytes' : 'memory.swap.max');
  if (existsSync(file)) writeFileSync(file, version === 1 ? String(Math.floor(memoryBytes)) : '0');
}

function hitLimit(version: 1 | 2, folders: ReadonlyMap<string, string>, limits: BoxLimits) {
  for (const limit of ['memoryBytes', 'processes'] as const) {
    const folder = folders.get(limit);
    if (folder === undefined) continue;
    const [file, pattern] = counters[limit][version === 1 ? 'v1' : 'v2'];
    try {
      const count = Number(pattern.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? 0);
      if (count > 0) return { limit, value: limits[limit]?.value ?? 0 };
    } catch {
      // A kernel without this counter: the limit still holds, only its name is not known.
    }
  }
  return null;
}

/** The kernel lets go of a group a moment after its last process has ended: looked for often at first, then rarely. */
const firstWaitMs = 1;
const longestWaitMs = 50;
const longestDissolveMs = 5000;

async function dissolve(folders: readonly string[]): Promise<void> {
  const end = Date.now() + longestDissolveMs;
  let left = folders.filter((folder) => !remove(folder));
  for (let waitMs = firstWaitMs; left.length > 0 && Date.now() < end; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    for (const folder of left) killMembers(folder);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    left = left.filter((folder) => !remove(folder));
  }
  // The folder of all boxes goes with the last of them; while it has others it stays.
  for (const parent of new Set(folders.map(dirname))) remove(parent);
}

function remove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function killMembers(folder: string): void {
  try {
    for (const line of readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n')) {
      const processId = Number(line);
      if (processId > 1) process.kill(processId, 'SIGKILL');
    }
  } catch {
    // Gone in between, which is what is wanted.
  }
}

/** The groups of a box whose command line was killed, by its note: removed with whatever is left inside. */
export async function reapControlGroups(noteFile: string): Promise<void> {
  let folders: readonly string[] = [];
  try {
    folders = readFileSync(noteFile, 'utf8').split('\n');
  } catch {
    // It had none.
  }
  await dissolve(folders.filter((folder) => existsSync(folder)));
}
