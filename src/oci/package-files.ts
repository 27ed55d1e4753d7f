import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Difference } from '../archive/find-difference.ts';
import type { PackedFile } from '../archive/pack-files.ts';
import { readInRoot } from '../customs/read-in-root.ts';
import type { Part } from './assign-packages.ts';

const infoFolder = 'var/lib/dpkg/info';

/** Which files of a root each part brought, beside the base; `rest`: what no package owns, such as dpkg's list itself. */
export interface SharedOut {
  readonly parts: readonly { readonly holds: string; readonly files: readonly PackedFile[] }[];
  readonly rest: readonly PackedFile[];
}

/**
 * Shares the difference between a root and its base out, by dpkg's own lists of files. A folder stands before what is in
 * it, in every part that has something in it, always with the same mode: parts do not depend on each other.
 */
export function shareOut(root: string, base: string, difference: Difference, parts: readonly Part[]): SharedOut {
  const lists = infoOf(root);
  const taken = new Set<string>();
  const folders = realFolders(root);
  const filled = parts.map(({ holds, packages }) => {
    const paths = packages.flatMap((name) => {
      const own = lists.get(name) ?? [];
      const listed = own
        .filter((file) => file.endsWith('.list'))
        .flatMap((file) => listedIn(root, join(infoFolder, file)));
      return [...listed.map(folders), ...own.map((file) => join(infoFolder, file))];
    });
    const mine = [...new Set(paths)].filter((path) => isOwn(root, base, difference, path) && !taken.has(path));
    for (const path of mine) taken.add(path);
    return { holds, files: withFolders(root, mine) };
  });
  const rest = [...difference.changed].filter((path) => !taken.has(path) && isOwn(root, base, difference, path));
  return {
    parts: filled.filter(({ files }) => files.length > 0),
    rest: [...withFolders(root, rest), ...difference.gone.map(whiteout)],
  };
}

/** In an image's layer an empty file of this name takes away what lies below (OCI image specification). */
function whiteout(path: string): PackedFile {
  const at = path.lastIndexOf('/') + 1;
  return { kind: 'text', path: `${path.slice(0, at)}.wh.${path.slice(at)}`, mode: 0o644, text: '' };
}

/** A folder that the base has is no part's own: only what is in it. */
function isOwn(root: string, base: string, { changed }: Difference, path: string): boolean {
  if (!changed.has(path)) return false;
  const stat = lstatSync(join(root, path));
  if (!stat.isDirectory()) return true;
  const before = lstatSync(join(base, path), { throwIfNoEntry: false });
  return before?.isDirectory() !== true || before.mode !== stat.mode;
}

/** By the name of a package: its files among dpkg's notes. */
function infoOf(root: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const name of readdirSync(join(root, infoFolder)).sort()) {
    const owner = /^([a-z0-9][a-z0-9+.-]*?)(?::[a-z0-9]+)?\.[a-z-]+$/.exec(name)?.[1];
    if (owner !== undefined) found.set(owner, [...(found.get(owner) ?? []), name]);
  }
  return found;
}

function listedIn(root: string, file: string): readonly string[] {
  const lines = (readInRoot(root, file) ?? '').split('\n');
  return lines.filter((line) => line.startsWith('/') && line !== '/.').map((line) => line.slice(1));
}

/** Lists name files by `lib/…` that lie in `usr/lib/…`: the folders at the top that are links. */
function realFolders(root: string): (path: string) => string {
  const links = new Map<string, string>();
  for (const name of readdirSync(root))
    if (lstatSync(join(root, name)).isSymbolicLink())
      links.set(name, readlinkSync(join(root, name)).replace(/^\//, ''));
  return (path) => {
    const slash = path.indexOf('/');
    const top = slash < 0 ? path : path.slice(0, slash);
    const real = links.get(top);
    return real === undefined || slash < 0 ? path : `${real}${path.slice(slash)}`;
  };
}

function withFolders(root: string, paths: readonly string[]): readonly PackedFile[] {
  const all = new Set<string>();
  for (const path of paths) for (let at = path; at !== '.'; at = dirname(at)) all.add(at);
  return [...all].sort().flatMap((path) => packedFile(join(root, path), path) ?? []);
}

/** A file as it lies on this machine; `null` for what has no place in an image: a socket, a device. */
export function packedFile(source: string, path: string): PackedFile | null {
  const stat = lstatSync(source);
  if (stat.isDirectory()) return { kind: 'folder', path, mode: stat.mode };
  if (stat.isSymbolicLink()) return { kind: 'link', path, target: readlinkSync(source) };
  return stat.isFile() ? { kind: 'file', path, mode: stat.mode, source, sizeBytes: stat.size } : null;
}
