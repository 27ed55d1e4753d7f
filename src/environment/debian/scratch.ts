import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { freeBytes } from '../../host/free-bytes.ts';
import { makeNotedFolder } from '../../host/noted-path.ts';
import { currentOwner, isAliveWord, ownerWord } from '../../host/owner.ts';
import { runProgram } from '../../host/program.ts';
import { type DebianHost, findTool, toolVariables } from './debian-host.ts';

/** A folder for one run that other ids of ours can enter, and that is gone afterwards. */
export interface Scratch {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Makes a scratch folder that the sub-ids of a user namespace can reach: mode 0755, below folders that everybody may
 * enter, without characters that would have to be escaped in an apt source. Memory is preferred where plenty is free,
 * since dpkg writes and syncs tens of thousands of small files.
 */
export async function makeScratch(host: DebianHost, neededBytes: number): Promise<Result<Scratch>> {
  const prefix = `cargo-boxed-root-${process.getuid?.() ?? 0}-`;
  const folders = [...new Set(['/dev/shm', host.variables.TMPDIR ?? tmpdir(), '/var/tmp', '/tmp'])];
  const usable = folders.filter(isReachable);
  await Promise.all(usable.map((folder) => removeAbandoned(host, folder, prefix)));
  for (const folder of usable) {
    if ((freeBytes(folder) ?? 0) < neededBytes) continue;
    if (folder === '/dev/shm' && !hasMemory(neededBytes)) continue;
    try {
      const { path, forget } = makeNotedFolder(
        host.locations.state,
        join(folder, `${prefix}${ownerWord(currentOwner())}.`),
      );
      chmodSync(path, 0o755);
      const remove = async () => {
        await removeScratch(host, path);
        forget();
      };
      if (mayExecute(path)) return success({ path, remove });
      await remove();
    } catch {
      // Read-only or full: the next one may do.
    }
  }
  return failure({
    code: 'storage',
    what: `no temporary folder has the ${Math.ceil(neededBytes / 1e6)} MB that making a root takes`,
    why: `looked at ${folders.join(', ')}; all users must be able to enter the folder`,
    fix: 'Free some space there, or name another folder in TMPDIR.',
  });
}

/**
 * A folder in it that only its owner can reach, for a container that is root of this machine in there: what that leaves,
 * be it a program that is set-id, nobody else opens.
 */
export function closedFolder({ path }: Scratch): string {
  const folder = join(path, 'closed', 'job');
  mkdirSync(join(path, 'closed'), { mode: 0o700 });
  mkdirSync(folder, { mode: 0o755 });
  return folder;
}

/** Puts the files of a job into its folder, for other ids of ours to read and run. */
export function writeJob(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
}

/** Every folder on the way may be entered by everybody, and the path needs no escaping. */
function isReachable(folder: string): boolean {
  if (!/^\/[A-Za-z0-9._/-]*$/.test(folder)) return false;
  try {
    for (let current = folder; ; current = dirname(current)) {
      if ((statSync(current).mode & 0o001) === 0) return false;
      if (current === '/') return true;
    }
  } catch {
    return false;
  }
}

/** Packages run their programs in there, which a `noexec` mount forbids. */
function mayExecute(folder: string): boolean {
  const probe = join(folder, 'probe');
  try {
    writeFileSync(probe, '', { mode: 0o755 });
    accessSync(probe, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether so much can lie in memory and as much again stays free. */
export function hasMemory(neededBytes: number): boolean {
  return availableMemoryBytes() >= 2 * neededBytes;
}

function availableMemoryBytes(): number {
  try {
    const line = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'));
    return Number(line?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** What killed runs have left, also those with another home of ours: folders that name a process which is no more. */
async function removeAbandoned(host: DebianHost, folder: string, prefix: string): Promise<void> {
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  const abandoned = names.filter((name) => {
    const owner = name.startsWith(prefix) ? name.slice(prefix.length).split('.')[0] : undefined;
    return (
      owner !== undefined &&
      !isAliveWord(owner) &&
      statSync(join(folder, name), { throwIfNoEntry: false })?.uid === process.getuid?.()
    );
  });
  for (const name of abandoned) await removeScratch(host, join(folder, name));
}

/** What of the host is needed to take a scratch folder away. */
type RemovalHost = Pick<DebianHost, 'variables' | 'forbidden'>;

/** Deletes a folder that may hold files of our sub-ids: only a user namespace that maps them can. */
export async function removeScratch(host: RemovalHost, path: string): Promise<void> {
  if (!(await isFreeOfMounts(host, path))) return;
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 2 });
  } catch {
    const program = findTool(host, 'mmdebstrap');
    if (program === null) return;
    const remove = ['--unshare-helper', 'rm', '-rf', '--one-file-system', '--', path];
    await runProgram(program, remove, { variables: toolVariables(host) });
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Deleting must never reach through a mount that a killed run has left: such mounts are taken away first. */
async function isFreeOfMounts(host: RemovalHost, path: string): Promise<boolean> {
  const program = findTool(host, 'umount');
  for (const mount of mountsBelow(path)) {
    if (program === null) return false;
    await runProgram(program, ['--lazy', mount], { variables: toolVariables(host) });
  }
  return mountsBelow(path).length === 0;
}

/** Mount points below a folder, the innermost first. */
function mountsBelow(path: string): readonly string[] {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '');
  return points.filter((point) => point.startsWith(`${path}/`)).reverse();
}
