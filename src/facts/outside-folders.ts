import { relative } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { inside } from '../plan/box-plan.ts';
import { type Place, printable } from '../problem/problem.ts';
import type { OutsideFolder } from './facts.ts';
import { containsHome } from './find-mount-root.ts';
import { isWithin, realPath } from './path-within.ts';

/** Folders outside of what is mounted that a project's manifests name, as they are met. */
export interface OutsideFolders {
  /** What was met, by its path from the mounted folder. */
  readonly met: ReadonlyMap<string, OutsideFolder>;
  /**
   * The granted folder that holds this one; `null` when it is not granted, so that not one byte of it may be read. A
   * folder that could not stand in a box at all is a problem.
   */
  find(folder: string, where: Place, what: string): Result<string | null>;
}

export function outsideFolders(mountRoot: string, home: string, granted: ReadonlySet<string>): OutsideFolders {
  const met = new Map<string, OutsideFolder>();
  return {
    met,
    find: (folder, where, what) => {
      const holding = [...met.values()].find(({ granted: is, folder: other }) => is && isWithin(folder, other));
      if (holding !== undefined) return success(holding.folder);
      const path = relative(mountRoot, folder);
      const fault = whyNot(folder, path, home);
      if (fault !== null) return failure(refused(folder, where, what, fault));
      const isGranted = granted.has(path);
      met.set(path, met.get(path) ?? { path, folder, where, granted: isGranted });
      return success(isGranted ? folder : null);
    },
  };
}

/** Names that mean something beside `/box/project`. */
const takenNames = new Set([
  ...Object.values(inside).map((path) => path.split('/')[2] ?? ''),
  'certificates.pem',
  'ssh-agent',
]);

function whyNot(folder: string, path: string, home: string): string | null {
  const [up, name = '', ...rest] = path.split('/');
  if (up !== '..' || name === '' || name === '..' || rest.includes('..')) {
    return 'it is not beside the project, and in a box a path that climbs higher leads nowhere';
  }
  if (takenNames.has(name)) return `a box has a folder of its own called \`${name}\` there`;
  if (containsHome(folder, home)) return 'it is your home folder, or contains it';
  const real = realPath(folder);
  if (!real.ok || real.value === null) return 'there is no such folder';
  return real.value === folder ? null : `a link leads it to ${printable(real.value)}`;
}

function refused(folder: string, where: Place, what: string, why: string) {
  return {
    code: 'refused',
    what: `${what} lies outside of the project`,
    where,
    why: `it is ${printable(folder)}: ${why}`,
    fix: 'Move it into the project or its repository, or beside it.',
  } as const;
}
