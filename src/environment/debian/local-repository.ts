import {
  chmodSync,
  closeSync,
  copyFileSync,
  createWriteStream,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { type ProgramOptions, runProgram } from '../../host/program.ts';
import type { DebianPackage } from '../../lock/pins.ts';
import { printable } from '../../problem/problem.ts';
import { readDebMembers, writeDebHeader, writeDebMagic } from './deb-archive.ts';
import { debFile, sha256OfFile } from './deb-cache.ts';
import { type DebianHost, findTool, toolVariables } from './debian-host.ts';

/** Packages smaller than this are not worth unpacking ahead. */
const worthUnpackingBytes = 512 * 1024;

/**
 * A flat apt repository of exactly the pinned packages, for mmdebstrap. The contents of large packages are decompressed
 * here, side by side: mmdebstrap and dpkg would each do it again, one after the other, and that is most of their time.
 */
export async function makeLocalRepository(
  host: DebianHost,
  packages: readonly DebianPackage[],
  folder: string,
): Promise<Result<null>> {
  const program = findTool(host, 'dpkg-deb');
  if (program === null)
    return failure({
      code: 'environment',
      what: 'dpkg is not installed',
      fix: 'Run: sudo apt-get install dpkg mmdebstrap',
    });
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  const waiting = [...packages].sort((left, right) => right.sizeBytes - left.sizeBytes);
  const text = 'Unpacking the Debian packages';
  const stanzas = new Map<string, string>();
  const failures: Result<null>[] = [];
  const work = async () => {
    for (
      let next = waiting.shift();
      next !== undefined && failures.length === 0 && host.signal?.aborted !== true;
      next = waiting.shift()
    ) {
      const stanza = await addPackage(host, program, next, folder);
      if (stanza.ok) stanzas.set(next.name, stanza.value);
      else failures.push(stanza);
      host.onProgress({ kind: 'step', text, fraction: stanzas.size / packages.length });
    }
  };
  await Promise.all(Array.from({ length: Math.min(8, availableParallelism()) }, work));
  const failed = failures[0] ?? (host.signal?.aborted === true ? cutShort : undefined);
  if (failed !== undefined) return failed;
  const index = join(folder, 'Packages');
  await writeFile(index, packages.map((pinned) => stanzas.get(pinned.name)).join('\n'));
  chmodSync(index, 0o644);
  return success(null);
}

const cutShort = failure({ code: 'environment', what: 'the packages of the environment are not unpacked yet' });

/** Puts one package into the repository; gives its paragraph of the `Packages` file. */
async function addPackage(
  host: DebianHost,
  program: string,
  pinned: DebianPackage,
  folder: string,
): Promise<Result<string>> {
  const source = debFile(host, pinned.sha256);
  const target = join(folder, `${pinned.sha256}.deb`);
  const options = { variables: toolVariables(host), signal: host.signal };
  const fields = await runProgram(program, ['--field', source], options);
  if (fields.status !== 0) return broken(pinned, fields.stderr);
  if (!isPinned(fields.stdout, pinned)) return broken(pinned, 'name or version inside differ from the pinned ones');
  try {
    const why = await placeDeb(program, source, target, options);
    if (why !== null) return broken(pinned, why);
    chmodSync(target, 0o644);
    const sum = await sha256OfFile(target);
    return success(
      `${fields.stdout.trimEnd()}\nFilename: ./${pinned.sha256}.deb\nSize: ${sizeOf(target)}\nSHA256: ${sum}\n`,
    );
  } catch (error) {
    return failure({
      code: 'storage',
      what: 'the packages of the environment could not be unpacked',
      why: printable((error as Error).message),
      fix: 'Free some space for temporary files.',
    });
  }
}

function isPinned(fields: string, pinned: DebianPackage): boolean {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(fields)?.[1];
  return field('Package') === pinned.name && field('Version') === pinned.version;
}

function broken(pinned: DebianPackage, why: string): Result<never> {
  return failure({
    code: 'environment',
    what: `the package ${printable(pinned.name, 60)} cannot be read`,
    why: printable(why.trim()),
    fix: 'Run `cargo-boxed lock` to pin the packages anew.',
  });
}

/** Copies the package, with its contents decompressed when it is large. Gives the reason when that fails. */
async function placeDeb(
  program: string,
  source: string,
  target: string,
  options: Pick<ProgramOptions, 'variables' | 'signal'>,
): Promise<string | null> {
  const members = readDebMembers(source);
  const [version, control, data] = members ?? [];
  if (version === undefined || control === undefined || data === undefined) return 'it is no Debian package';
  if (data.sizeBytes < worthUnpackingBytes || !/^data\.tar\.(xz|zst|gz|bz2|lzma)$/.test(data.name)) {
    copyFileSync(source, target);
    return null;
  }
  const from = openSync(source, 'r');
  const to = openSync(target, 'w', 0o644);
  try {
    writeDebMagic(to);
    for (const member of [version, control]) {
      writeDebHeader(to, member.name, member.sizeBytes, null);
      copyMember(from, member.offset, member.sizeBytes, to);
    }
    const headerAt = fstatSync(to).size;
    writeDebHeader(to, 'data.tar', 0, null);
    const dataAt = fstatSync(to).size;
    const stdout = createWriteStream('', { fd: to, autoClose: false });
    const unpacked = await runProgram(program, ['--fsys-tarfile', source], { ...options, stdout });
    if (unpacked.status !== 0) return unpacked.stderr || 'it could not be decompressed';
    writeDebHeader(to, 'data.tar', fstatSync(to).size - dataAt, headerAt);
    return null;
  } finally {
    closeSync(from);
    closeSync(to);
  }
}

function copyMember(from: number, offset: number, sizeBytes: number, to: number): void {
  const bytes = Buffer.alloc(sizeBytes + (sizeBytes % 2), '\n');
  readSync(from, bytes, 0, sizeBytes, offset);
  writeSync(to, bytes);
}

function sizeOf(file: string): number {
  const descriptor = openSync(file, 'r');
  try {
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
}
