import { type Dirent, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../host/project-key.ts';
import type { CleanedFile, HiddenPath } from './facts.ts';
import { below, isWithin } from './path-within.ts';
import { entriesOf, readBytes } from './read-bytes.ts';
import { sanitiseGitConfig } from './sanitise-git-config.ts';
import { isShownInRepository } from './secret-names.ts';

const mostTextBytes = 1024 * 1024;
const mostRepositories = 2000;

export interface RepositoryJudge {
  /** `folder`: a repository's own folder, like `.git`, below the mount root. */
  judge(folder: string): void;
  /** Only a configuration, where the other files are the project's. */
  judgeConfig(path: string): void;
  readonly hidden: readonly HiddenPath[];
  readonly cleaned: readonly CleanedFile[];
  isFull(): boolean;
}

/**
 * What a box may see of the repositories in a project: history, index and references, so that `git describe` works; the
 * configuration without credentials and programs; nothing that git itself does not need, as tools put keys there.
 */
export function repositoryJudge(mountRoot: string): RepositoryJudge {
  const seen = new Set<string>();
  const hidden: HiddenPath[] = [];
  const cleaned = new Map<string, CleanedFile>();
  const judge: RepositoryJudge = {
    judge(folder) {
      if (seen.has(folder) || judge.isFull()) return;
      seen.add(folder);
      for (const entry of entriesOf(join(mountRoot, folder))) judgeEntry(folder, entry);
    },
    judgeConfig: (path) => clean(path),
    hidden,
    get cleaned() {
      return [...cleaned.values()];
    },
    isFull: () => seen.size >= mostRepositories,
  };
  const hide = (path: string, kind: HiddenPath['kind']) => hidden.push({ path, kind, reason: 'repository' });
  const clean = (path: string) => {
    const found = cleanConfig(mountRoot, path);
    if (found === 'hide') hide(path, 'file');
    else if (found !== null) cleaned.set(found.path, found);
  };
  const judgeEntry = (folder: string, entry: Dirent) => {
    const path = `${folder}/${entry.name}`;
    if (/^config(\.worktree)?$/.test(entry.name) && !entry.isDirectory()) clean(path);
    else if (!entry.isSymbolicLink()) judgeOwn(path, entry);
  };
  const judgeOwn = (path: string, entry: Dirent) => {
    if (!isShownInRepository(entry.name) || !(entry.isFile() || entry.isDirectory())) hide(path, kindOf(entry));
    else if (entry.isFile() && entry.name.endsWith('FETCH_HEAD') && namesUser(join(mountRoot, path)))
      hide(path, 'file');
    else if (entry.name === 'logs' || entry.name === 'branches') hideUsers(path);
    else if (entry.name === 'worktrees')
      for (const one of foldersOf(join(mountRoot, path))) judge.judge(`${path}/${one}`);
    else if (entry.name === 'modules') judgeModules(path, 0);
  };
  /**
   * `git pull ADDRESS` writes the address as it was given into the log of the branch, password and all; and a file in
   * `branches`, as old versions of git have it, is an address.
   */
  const hideUsers = (path: string) => {
    for (const entry of entriesOf(join(mountRoot, path))) {
      if (entry.isDirectory()) hide(`${path}/${entry.name}`, 'folder');
      else if (entry.isFile() && namesUser(join(mountRoot, path, entry.name))) hide(`${path}/${entry.name}`, 'file');
    }
  };
  /** A submodule's name can have slashes, and be `HEAD` or `objects`: its repository is where a file HEAD is. */
  const judgeModules = (path: string, depth: number) => {
    const entries = entriesOf(join(mountRoot, path));
    if (entries.some((entry) => entry.name === 'HEAD' && !entry.isDirectory())) return judge.judge(path);
    for (const entry of entries) {
      if (entry.isDirectory() && depth < 16 && !judge.isFull()) judgeModules(`${path}/${entry.name}`, depth + 1);
      else if (!entry.isSymbolicLink()) hide(`${path}/${entry.name}`, kindOf(entry));
    }
  };
  return judge;
}

/** The clean configuration for a path; `null` where it is clean, missing or leads out; `hide` where it is not readable. */
function cleanConfig(mountRoot: string, path: string): CleanedFile | 'hide' | null {
  let real: string;
  try {
    real = realpathSync.native(join(mountRoot, path));
  } catch {
    return null;
  }
  if (!isWithin(real, mountRoot)) return null;
  const text = readBytes(real, mostTextBytes)?.toString('latin1') ?? null;
  if (text === null) return 'hide';
  const content = sanitiseGitConfig(text);
  return content === null ? null : { path: below(real, mountRoot), content, sha256: sha256(content) };
}

/** Whether an address with a user stands in a file; one that cannot be read whole is taken for it. */
function namesUser(file: string): boolean {
  const text = readBytes(file, 4 * mostTextBytes);
  return text === null || /:\/\/[^\s/]*@/.test(text.toString('latin1'));
}

function kindOf(entry: Dirent): HiddenPath['kind'] {
  return entry.isDirectory() ? 'folder' : 'file';
}

function foldersOf(path: string): readonly string[] {
  return entriesOf(path).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}
