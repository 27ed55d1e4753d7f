import { join } from 'node:path';
import type { PreparedRoot, ResolvedBox, ResolvedMount } from '../../engine/engine.ts';
import type { Facts } from '../../facts/facts.ts';
import type { Anchor, BoxStep, Mount } from '../../plan/box-plan.ts';

/** The real folder of each anchor; those that a plan does not use may be missing. */
export type AnchorFolders = Readonly<Partial<Record<Anchor, string>>>;

/** The one place where a plan's names become paths of this machine. */
export function resolveBox(
  id: string,
  step: BoxStep,
  root: PreparedRoot,
  anchors: AnchorFolders,
  facts: Facts,
  presentation: Readonly<Record<string, string>>,
): ResolvedBox {
  const { variables } = facts.host;
  const passed = step.passedVariables.flatMap((name) => {
    const value = variables[name];
    return value === undefined || Object.hasOwn(step.variables, name) ? [] : [[name, value] as const];
  });
  return {
    id,
    root,
    argv: step.argv,
    workingDirectory: step.workingDirectory,
    variables: { ...presentation, ...Object.fromEntries(passed), ...step.variables },
    mounts: step.mounts.map((mount) => resolveMount(mount, anchors)),
    network: step.network,
    devices: step.devices,
    limits: step.limits,
    streams: step.streams,
    ...(step.presents === undefined ? {} : { presents: step.presents }),
    uid: facts.host.uid,
    gid: facts.host.gid,
  };
}

function resolveMount(mount: Mount, anchors: AnchorFolders): ResolvedMount {
  if (mount.kind === 'tmpfs') return mount;
  const folder = anchors[mount.source.anchor];
  if (folder === undefined) throw new Error(`no folder for the anchor ${mount.source.anchor}`);
  return { ...mount, source: mount.source.path === '' ? folder : join(folder, mount.source.path) };
}
