import { type BigIntStats, readdirSync, readFileSync, statSync } from 'node:fs';
import { packDevice } from '../host/device-number.ts';
import { threadsOf } from './box-processes.ts';
import { bytesOf, type Measured } from './measure-tree.ts';

interface Held {
  bytes: number;
  isWhole: boolean;
  readonly seen: Set<string>;
  readonly devices: ReadonlySet<bigint>;
}

/**
 * Files without a name that live as long as a process of the box holds them. `isWhole: false` when one is held in a way
 * that hides its size: mapped only, or on its way through a socket.
 */
export function measureHeldFiles(processIds: readonly number[], folders: readonly string[]): Measured {
  const devices = new Set(folders.map((folder) => statSync(folder, { bigint: true }).dev));
  const held: Held = { bytes: 0, isWhole: true, seen: new Set(), devices };
  for (const processId of processIds) {
    const base = `/proc/${processId}`;
    for (const name of ['exe', 'cwd', 'root']) addNameless(held, `${base}/${name}`);
    // A thread may have a table of descriptors of its own.
    for (const thread of threadsOf(processId)) addDescriptors(held, `${base}/task/${thread}`);
    addMappings(held, base);
  }
  return { bytes: held.bytes, isWhole: held.isWhole };
}

function addDescriptors(held: Held, base: string): void {
  for (const descriptor of namesIn(held, `${base}/fd`)) {
    const stat = addNameless(held, `${base}/fd/${descriptor}`);
    if (stat?.isSocket() !== true) continue;
    const passing = /^scm_fds:\s*(\d+)/m.exec(textOf(held, `${base}/fdinfo/${descriptor}`))?.[1];
    if (passing !== undefined && passing !== '0') held.isWhole = false;
  }
}

function addNameless(held: Held, path: string): BigIntStats | undefined {
  try {
    const stat = statSync(path, { bigint: true });
    const key = `${stat.dev}:${stat.ino}`;
    if (stat.nlink === 0n && held.devices.has(stat.dev) && !held.seen.has(key)) {
      held.seen.add(key);
      held.bytes += bytesOf(Number(stat.blocks));
    }
    return stat;
  } catch (error) {
    notice(held, error);
    return undefined;
  }
}

/** `7f..-7f.. rw-s 00000000 fe:00 1234 /path (deleted)`: only who may do everything can look at such a file itself. */
const deletedMapping = /^\S+ \S+ \S+ ([0-9a-f]+):([0-9a-f]+) (\d+)\s.*\(deleted\)$/gm;

function addMappings(held: Held, base: string): void {
  for (const [, major = '', minor = '', inode] of textOf(held, `${base}/maps`).matchAll(deletedMapping)) {
    const device = packDevice(Number.parseInt(major, 16), Number.parseInt(minor, 16));
    if (held.devices.has(device) && !held.seen.has(`${device}:${inode}`)) held.isWhole = false;
  }
}

function namesIn(held: Held, folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    notice(held, error);
    return [];
  }
}

function textOf(held: Held, file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    notice(held, error);
    return '';
  }
}

/** What has ended holds nothing; what may not be seen may hold anything. */
function notice(held: Held, error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ESRCH') held.isWhole = false;
}
