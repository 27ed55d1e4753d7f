import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import type { ToolchainFacts } from './facts.ts';

export interface ComponentDigest {
  readonly name: string;
  readonly sha256: string;
}

/** Files that are read at the same time: enough to keep the disk busy, few enough to keep memory small. */
const parallelFiles = 4;

/**
 * The content digest of each component: over the path, the executable bit and the content of its files, sorted, and not
 * over times or owners, so that the same release gives the same digest on every machine. A linked toolchain has no
 * components and counts as one, `toolchain`.
 */
export async function componentDigests(
  toolchain: Pick<ToolchainFacts, 'path' | 'name' | 'components'>,
  names: readonly string[],
  interrupted: AbortSignal,
): Promise<Result<readonly ComponentDigest[]>> {
  const digests: ComponentDigest[] = [];
  const wanted = toolchain.components.length === 0 ? ['toolchain'] : [...new Set(names)].sort();
  for (const name of wanted) {
    try {
      const files = await filesOf(toolchain.path, toolchain.components.length === 0 ? null : name);
      digests.push({ name, sha256: await digestOf(toolchain.path, files, interrupted) });
    } catch (error) {
      if (interrupted.aborted) return failure({ code: 'internal', what: 'interrupted while hashing the toolchain' });
      return failure(unreadable(toolchain, name, error));
    }
  }
  return success(digests);
}

/** The files of a component, relative to the toolchain; of a linked toolchain, which has none, all. */
export async function filesOf(root: string, component: string | null): Promise<readonly string[]> {
  if (component === null)
    return (await Promise.all(['bin', 'lib', 'libexec'].map((name) => filesBelow(root, name)))).flat();
  const listing = await readFile(join(root, 'lib/rustlib', `manifest-${component}`), 'utf8');
  const files: string[] = [];
  for (const line of listing.split('\n')) {
    const [kind = '', path = ''] = splitOnce(line);
    if (path === '') continue;
    if (normalize(path) !== path || path.startsWith('..') || path.startsWith('/'))
      throw new Error('its list leads outside');
    if (kind === 'file') files.push(path);
    else if (kind === 'dir') files.push(...(await filesBelow(root, path)));
  }
  return files;
}

function splitOnce(line: string): readonly string[] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1)];
}

async function filesBelow(root: string, folder: string): Promise<readonly string[]> {
  const stat = await lstat(join(root, folder)).catch(() => null);
  if (stat === null) return [];
  const entries = await readdir(join(root, folder), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

async function digestOf(root: string, files: readonly string[], interrupted: AbortSignal): Promise<string> {
  const sorted = [...new Set(files)].sort();
  const lines: string[] = new Array(sorted.length);
  let next = 0;
  const work = async () => {
    for (let at = next++; at < sorted.length; at = next++) {
      lines[at] = await describe(root, sorted[at] as string, interrupted);
    }
  };
  await Promise.all(Array.from({ length: parallelFiles }, work));
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest('hex');
}

async function describe(root: string, file: string, signal: AbortSignal): Promise<string> {
  const path = join(root, file);
  const stat = await lstat(path);
  if (stat.isSymbolicLink()) return JSON.stringify([file, 'link', await readlink(path)]);
  if (!stat.isFile()) throw new Error('it has something that is neither a file nor a link');
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, signal }))
    hash.update(chunk as Buffer);
  return JSON.stringify([file, (stat.mode & 0o100) === 0 ? 'file' : 'executable', hash.digest('hex')]);
}

function unreadable(toolchain: Pick<ToolchainFacts, 'path' | 'name'>, name: string, error: unknown) {
  return {
    code: 'toolchain',
    what: `the component ${printable(name)} of ${toolchain.name} cannot be read`,
    where: { file: toolchain.path },
    why: (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : 'unknown'),
    fix: `Run \`rustup toolchain install ${toolchain.name} --force\`.`,
  } as const;
}
