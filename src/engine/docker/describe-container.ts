import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import type { ContainerCreateOptions } from 'dockerode';
import type { ResolvedBox } from '../engine.ts';
import { type ContainerSurroundings, containerOptions } from './container-options.ts';
import { type ContainerOwner, writeOwner } from './container-owner.ts';
import { mountsBelow } from './mounts-below.ts';

/** What every run of this process shares. */
export interface RunSurroundings {
  readonly owner: ContainerOwner;
  readonly seccompProfile: string;
  /** Our folder for notes of what lies elsewhere while a box runs. */
  readonly state: string;
}

/** Reads what a container depends on beside its box: the machine's mounts, by real paths as the engine sees them. */
export function describeContainer(
  box: ResolvedBox,
  around: RunSurroundings,
  facts: ContainerSurroundings['facts'],
  imageVariables: readonly string[],
): ContainerCreateOptions {
  const mounts = box.mounts.map((mount) =>
    mount.kind === 'bind' ? { ...mount, source: realSource(mount.source) } : mount,
  );
  const mountinfo = readFileSync('/proc/self/mountinfo', 'utf8');
  const readOnly = mounts.flatMap((mount) =>
    mount.kind === 'bind' && mount.access === 'read-only' ? [mount.source] : [],
  );
  return containerOptions(
    { ...box, mounts },
    {
      facts,
      imageVariables,
      mountsBelow: new Map(readOnly.map((source) => [source, mountsBelow(mountinfo, source)])),
      seccompProfile: around.seccompProfile,
      owner: writeOwner(around.owner),
      deviceGroups: deviceGroups(box.devices),
    },
  );
}

/** What a command that is only printed would make first is not there yet: the engine refuses it by its name. */
function realSource(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function deviceGroups(devices: readonly string[]): readonly number[] {
  const own = new Set(process.getgroups?.() ?? []);
  const groups = devices.flatMap((device) => lstatSync(device, { throwIfNoEntry: false })?.gid ?? []);
  return [...new Set(groups)].filter((group) => own.has(group));
}
