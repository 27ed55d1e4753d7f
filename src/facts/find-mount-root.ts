import { lstatSync, type Stats, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import { isWithin, realPath } from './path-within.ts';

/** What marks the root of a checkout; of a folder `.git` its HEAD, since an empty `.git` is none to git either. */
const markers: readonly (readonly [marker: string, inside: string])[] = [
  ['.git', 'HEAD'],
  ['.hg', 'store'],
  ['.jj', 'repo'],
  ['.pijul', 'pristine'],
];

/**
 * What the box may see of this host: the VCS root around the workspace, else the workspace root itself. Never `/`, a
 * home or what contains one; nor a VCS root that belongs to somebody else or that everyone can write, like the temporary
 * folder: any user of the machine could put a `.git` there and so widen the view of everyone's boxes.
 */
export function findMountRoot(workspaceRoot: string, homeDirectory: string): Result<string> {
  const homes = homesOf(homeDirectory);
  const holdsHome = (folder: string) => folder === '/' || homes.some((home) => isWithin(home, folder));
  if (holdsHome(workspaceRoot)) return refuse(workspaceRoot, 'it is the home folder, or contains it');
  const workspaceStat = statOf(workspaceRoot);
  if (workspaceStat !== null && isShared(workspaceStat)) {
    return refuse(workspaceRoot, 'everyone can write to this folder and it belongs to no project');
  }
  return success(findVcsRoot(workspaceRoot, holdsHome) ?? workspaceRoot);
}

/** Whether a folder is a home of the user, or holds one. */
export function containsHome(folder: string, homeDirectory: string): boolean {
  return folder === '/' || homesOf(homeDirectory).some((home) => isWithin(home, folder));
}

function findVcsRoot(start: string, holdsHome: (folder: string) => boolean): string | null {
  const owners = new Set([process.getuid?.() ?? 0, 0, statOf(start)?.uid ?? 0]);
  for (let folder = start; !holdsHome(folder); folder = dirname(folder)) {
    if (!isVcsRoot(folder)) continue;
    const stat = statOf(folder);
    if (stat !== null && owners.has(stat.uid) && !isShared(stat)) return folder;
  }
  return null;
}

/** The nearest VCS root around a folder, else the folder: how far a link among its own files may lead. */
export function findLinkBound(folder: string, homeDirectory: string): string {
  const homes = homesOf(homeDirectory);
  return (
    findVcsRoot(folder, (candidate) => candidate === '/' || homes.some((home) => isWithin(home, candidate))) ?? folder
  );
}

function isVcsRoot(folder: string): boolean {
  return markers.some(([marker, inside]) => {
    const stat = lstatOf(join(folder, marker));
    if (stat === null) return false;
    // A worktree or a submodule has a file `.git` that names the real one.
    return stat.isDirectory() ? lstatOf(join(folder, marker, inside)) !== null : marker === '.git';
  });
}

/** HOME can be set to anything; the home of the user database stays private too. */
function homesOf(homeDirectory: string): readonly string[] {
  const homes = [homeDirectory];
  try {
    homes.push(userInfo().homedir);
  } catch {
    // A user without an entry in the user database has only what HOME says.
  }
  return homes
    .filter((home) => home !== '' && home !== '/')
    .flatMap((home) => {
      const real = realPath(home);
      return real.ok && real.value !== null ? [real.value] : [home];
    });
}

function isShared(stat: Stats): boolean {
  return (stat.mode & 0o1002) === 0o1002;
}

function refuse(folder: string, why: string): Result<never> {
  return failure({
    code: 'refused',
    what: `the project at ${printable(folder)} cannot be put in a box`,
    where: { file: join(folder, 'Cargo.toml') },
    why,
    fix: 'Move the project into a folder of its own.',
  });
}

function statOf(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

function lstatOf(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}
