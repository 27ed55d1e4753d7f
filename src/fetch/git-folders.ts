import {
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { folderNames } from '../host/folder-names.ts';
import { readDescriptor } from '../host/read-descriptor.ts';
import { inside } from '../plan/box-plan.ts';
import type { LockedGit } from './lock-packages.ts';
import { secretCargoHomes } from './secret-cargo-home.ts';

/** A repository below `git/db` and a checkout of it, both by cargo's names. */
export interface GitFolders {
  readonly repository: string;
  readonly checkout: string;
}

/**
 * Where cargo has the commits of a lock. It names a repository by the last part of its URL and a hash, and a checkout by
 * the first digits of the commit: both together find it without knowing the hash. Others may be called the same, and a
 * commit whose first digits are those of another is soon made: what was fetched from another URL is not this project's.
 */
export function findGitFolders(fetchHome: string, sources: readonly LockedGit[]): readonly GitFolders[] {
  const checkouts = join(fetchHome, 'git/checkouts');
  const found = new Map<string, GitFolders>();
  const repositories = folderNames(checkouts);
  for (const { url, commit } of sources) {
    const name = lastPart(url);
    for (const repository of repositories) {
      if (repository.replace(/-[0-9a-f]{16}(?:-shallow)?$/, '').toLowerCase() !== name.toLowerCase()) continue;
      const from = fetchedFrom(join(fetchHome, 'git/db', repository, 'FETCH_HEAD'));
      if (from !== null && comparable(from) !== comparable(url)) continue;
      for (const checkout of folderNames(join(checkouts, repository))) {
        if (!/^[0-9a-f]{7,64}$/.test(checkout) || !commit.startsWith(checkout)) continue;
        found.set(`${repository}/${checkout}`, { repository, checkout });
      }
    }
  }
  return [...found.values()];
}

/** All lines of that file name one URL, and it may have one for each branch. */
const mostBytes = 64 * 1024;

/** The URL that git noted when it fetched last; `null` where it noted none. */
function fetchedFrom(file: string): string | null {
  if (!existsSync(file)) return null;
  const descriptor = openSync(file, 'r');
  try {
    const [line = ''] = readDescriptor(descriptor, mostBytes).toString('utf8').split('\n');
    // `COMMIT TAB [not-for-merge] TAB [branch 'NAME' of ]URL`; no name of a branch has a space.
    const [, , what = ''] = line.split('\t');
    return what.slice(what.lastIndexOf(' ') + 1);
  } finally {
    closeSync(descriptor);
  }
}

/** As git notes a URL: without who asks and without what may be left out. */
function comparable(url: string): string {
  return url
    .toLowerCase()
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/, '$1')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

/** Gives a view the repositories and checkouts that it needs and no others. */
export function copyGitFolders(fetchHome: string, cargoHome: string, folders: readonly GitFolders[]): void {
  for (const repository of new Set(folders.map((folder) => folder.repository))) {
    const path = join('git/db', repository);
    copyTree(Buffer.from(join(fetchHome, path)), Buffer.from(join(cargoHome, path)), 'repository');
  }
  for (const { repository, checkout } of folders) {
    const path = join('git/checkouts', repository, checkout);
    copyTree(Buffer.from(join(fetchHome, path)), Buffer.from(join(cargoHome, path)), 'files');
  }
}

/**
 * Links what git never changes in place (objects, files of a checkout), copies the rest: cargo goes on using its own.
 * Links inside are made again as they are; they only ever lead somewhere inside a box. Names are bytes: git's may be
 * anything.
 */
function copyTree(from: Buffer, to: Buffer, kind: 'files' | 'repository'): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from, { encoding: 'buffer' })) {
    const source = below(from, name);
    const target = below(to, name);
    const stat = lstatSync(source);
    if (stat.isDirectory()) copyTree(source, target, kindBelow(name.toString('latin1'), kind));
    else if (stat.isSymbolicLink()) symlinkSync(readlinkSync(source, { encoding: 'buffer' }), target);
    else if (stat.isFile() && kind === 'repository' && name.equals(configName)) copyConfig(source, target);
    else if (stat.isFile() && !(kind === 'files' && linked(source, target))) copyFileSync(source, target);
  }
}

const configName = Buffer.from('config');

/** A checkout's own settings name where it was cloned from: with the folder's name in that run, no two would be equal. */
function copyConfig(source: Buffer, target: Buffer): void {
  writeFileSync(target, readFileSync(source, 'latin1').replaceAll(secretCargoHomes, inside.cargoHome), 'latin1');
}

function kindBelow(name: string, kind: 'files' | 'repository'): 'files' | 'repository' {
  if (name === '.git') return 'repository';
  return kind === 'repository' && name === 'objects' ? 'files' : kind;
}

function below(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}

function linked(source: Buffer, target: Buffer): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch {
    // Another file system, or one without hard links.
    return false;
  }
}

function lastPart(url: string): string {
  const path = url.replace(/[?#].*$/, '').replace(/\/+$/, '');
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1).replace(/\.git$/, '');
}
