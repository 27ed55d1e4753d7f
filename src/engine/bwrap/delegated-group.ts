import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { readKernelText } from '../../host/read-kernel-text.ts';

/**
 * The highest control group (version 2) between the root and this process's own below which this user may make groups
 * with a controller and move processes into them: the root for root, `user@1000.service` for whom systemd delegates it.
 * Moving needs the right to write the common ancestor's `cgroup.procs` too, which is this group's.
 */
export function delegatedGroup(
  mountPoint: string,
  controller: string,
  ownGroups = readKernelText('/proc/self/cgroup'),
): string | null {
  return ancestors(mountPoint, ownGroups).find((folder) => isOurs(folder) && hands(folder, controller)) ?? null;
}

/** From the root down to this process's own group. */
function ancestors(mountPoint: string, ownGroups: string): readonly string[] {
  const own = /^0::(\/.*)$/m.exec(ownGroups)?.[1] ?? '/';
  const names = own.split('/').filter((name) => name !== '' && name !== '..');
  return [mountPoint, ...names.map((_, index) => join(mountPoint, ...names.slice(0, index + 1)))];
}

function isOurs(folder: string): boolean {
  try {
    for (const path of [folder, join(folder, 'cgroup.procs')]) accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether groups below get the controller: it is not switched on here, since that may be somebody else's to decide. */
function hands(folder: string, controller: string): boolean {
  return readKernelText(join(folder, 'cgroup.subtree_control')).split(/\s+/).includes(controller);
}
