import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { isSecretFile, isSecretFolder } from './secret-names.ts';

/** What of a folder's names matters for what a box may see. */
export interface FolderListing {
  /** Subfolders that are looked into. */
  readonly folders: readonly string[];
  readonly found: readonly Found[];
  /** For root: a file, or `.git`, that others may not read. */
  readonly closed: string | null;
}
/**
 * `special`: a socket, a pipe or a device: through it a box could talk to a process outside, read-only or not.
 * `git-…`: a repository, or a file that names one. `bare`: the configuration of a folder that is built like one.
 * `checksums`: cargo's list of a vendored crate. `target`: a folder of that name beside a manifest, where host cargo
 * puts its results. `results`: this folder itself is one of those, whatever it is called.
 */
export type Found = readonly [
  kind:
    | 'secret-file'
    | 'secret-folder'
    | 'secret-link'
    | 'special'
    | 'git-folder'
    | 'git-file'
    | 'bare'
    | 'checksums'
    | 'target'
    | 'target-link'
    | 'results',
  name: string,
];

/** Made by tools in bulk: a walk through them would cost more than all else. By name, or by folder and name. */
const skipped: ReadonlySet<string> = new Set(['node_modules', '.hg/store', '.hg/cache', '.svn/pristine']);

/** Lists a folder; `null` when it may not be read, as then the box cannot either. */
export function listFolder(path: string, name: string): FolderListing | null {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (['EACCES', 'ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
  const names = new Set(entries.map((entry) => entry.name));
  const isSkipped = (folder: string) => skipped.has(folder) || skipped.has(`${name}/${folder}`);
  const folders: string[] = [];
  const found: Found[] = [];
  // Cargo writes both into every target directory, also into one that is called otherwise.
  if (names.has('CACHEDIR.TAG') && names.has('.rustc_info.json')) found.push(['results', '.']);
  // Built like a repository of its own; its names are the project's choice, so all else in it is looked at too.
  if (['HEAD', 'objects', 'refs', 'config'].every((part) => names.has(part))) found.push(['bare', 'config']);
  for (const entry of entries) {
    const kind = kindOf(entry, name) ?? (names.has('Cargo.toml') ? targetKind(entry) : null);
    if (kind !== null) found.push([kind, entry.name]);
    else if (entry.isDirectory() && !isSkipped(entry.name)) folders.push(entry.name);
  }
  return { folders: folders.sort(), found, closed: looksAtModes ? closedName(path, entries, name) : null };
}

/** An ordinary user reads what is hers; only a box of root's is somebody else. */
export const looksAtModes = process.getuid?.() === 0;

function closedName(path: string, entries: readonly Dirent[], folder: string): string | null {
  const closed = entries.find((entry) => {
    const kind = kindOf(entry, folder);
    const matters = entry.isFile()
      ? kind === null || kind === 'checksums' || kind === 'git-file'
      : kind === 'git-folder';
    if (!matters) return false;
    const mode = lstatSync(`${path}/${entry.name}`, { throwIfNoEntry: false })?.mode;
    return mode !== undefined && isClosed(mode, entry.isDirectory());
  });
  return closed?.name ?? null;
}

export function isClosed(mode: number, isFolder: boolean): boolean {
  const needed = isFolder ? 0o005 : 0o004;
  return (mode & needed) !== needed;
}

function targetKind(entry: Dirent): Found[0] | null {
  if (entry.name !== 'target') return null;
  return entry.isDirectory() ? 'target' : entry.isSymbolicLink() ? 'target-link' : null;
}

function kindOf(entry: Dirent, folder: string): Found[0] | null {
  const { name } = entry;
  if (name === '.git') return entry.isDirectory() ? 'git-folder' : entry.isFile() ? 'git-file' : null;
  if (entry.isDirectory()) return isSecretFolder(folder, name) ? 'secret-folder' : null;
  if (name === '.cargo-checksum.json' && entry.isFile()) return 'checksums';
  if (entry.isFile()) return isSecretFile(folder, name) ? 'secret-file' : null;
  if (entry.isSymbolicLink()) return isSecretFile(folder, name) || isSecretFolder(folder, name) ? 'secret-link' : null;
  return 'special';
}
