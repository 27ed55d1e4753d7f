import { lstatSync, realpathSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import type { Door, Mount } from '../plan/box-plan.ts';
import { type Problem, printable } from '../problem/problem.ts';

/** What is never opened, whoever asks and whoever granted it. */
export interface Forbidden {
  readonly homeDirectory: string;
  /** Real path of what is mounted as the project. */
  readonly project: string;
  /** Folders of the tool itself: roots, store, targets, grants, configuration. */
  readonly ownFolders: readonly string[];
  /** The address of an engine that the user has set: `unix:///PATH`, `tcp://HOST:PORT`. */
  readonly engineAddress: string | null;
}

/**
 * What of the plan's openings cannot be opened on this machine: a source that is not there, that leads elsewhere through
 * a link, or that would give the box the machine. A grant does not help against these.
 */
export function checkOpenings(mounts: readonly Mount[], doors: readonly Door[], forbidden: Forbidden): Problem[] {
  const sources = mounts.flatMap((mount) => (mount.kind === 'bind' ? (hostSource(mount, forbidden) ?? []) : []));
  // The socket of a door is mounted too, and looked at as a door. In the name of a mount no socket comes in.
  const sockets = new Set(doors.flatMap((door) => (door.kind === 'unix' ? [door.path] : [])));
  const others = sources.filter((source) => !sockets.has(source));
  return [
    ...others.flatMap((source) => fault('the mount', source, whyNot(source, forbidden))),
    ...doors.flatMap((door) => {
      if (door.kind === 'unix') {
        return fault('the door', `unix:${door.path}`, whyNoSocket(door.path, forbidden.engineAddress));
      }
      const isEngine = enginePorts.includes(door.port) || forbidden.engineAddress?.endsWith(`:${door.port}`) === true;
      return fault('the door', `tcp:${door.host}:${door.port}`, isEngine ? startsPrograms : null);
    }),
  ];
}

function hostSource({ source }: Extract<Mount, { kind: 'bind' }>, { homeDirectory }: Forbidden): string | null {
  if (source.anchor === 'home') return join(homeDirectory, source.path);
  return source.anchor === 'filesystem' ? `/${source.path}` : null;
}

function fault(kind: string, name: string, why: string | null): Problem[] {
  if (why === null) return [];
  const fix = 'Take it out of the configuration, or name another.';
  return [{ code: 'refused', what: `${kind} \`${printable(name)}\` cannot be opened`, why, fix }];
}

function whyNot(path: string, { homeDirectory, project, ownFolders, engineAddress }: Forbidden): string | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'there is nothing at this path';
  if (!stat.isDirectory() && !stat.isFile()) return linkOr(path, 'it is neither a folder nor a regular file');
  const linked = linkOr(path, null);
  if (linked !== null) return linked;
  if (isWithin(homeDirectory, path)) return 'it is your home, or contains it';
  if (isWithin(path, project) || isWithin(project, path)) return 'it is part of the project, or contains it';
  const own = ownFolders.some((folder) => isWithin(path, folder) || isWithin(folder, path));
  if (own) return 'cargo-boxed keeps its own files there';
  if (engineAddress !== null && isWithin(socketPath(engineAddress), path)) return startsPrograms;
  const machine = machineFolders.some((folder) => isWithin(path, folder) || isWithin(folder, path));
  return machine ? 'whoever sees it can change or watch this machine' : null;
}

/** Sockets of services and views of the kernel lie in these. */
const machineFolders = ['/run', '/var/run', '/proc', '/sys', '/dev', '/boot'];

const enginePorts: readonly number[] = [2375, 2376, 2377];
const startsPrograms = 'who reaches it can start programs on this machine';
/** Engines, systemd and message buses: by name, wherever they lie. */
const engineSockets =
  /^(docker|podman|containerd|crio|buildkitd|dockershim|lxd?|incus|libvirt-sock.*|unix\.socket|bus|private|system_bus_socket|snapd(-snap)?)(\.sock(et)?)?$/;
const engineFolders = /\/(systemd|dbus|docker|containerd|podman|libvirt|lxd)\//;

function socketPath(engineAddress: string): string {
  return engineAddress.replace(/^unix:\/\//, '');
}

function whyNoSocket(path: string, engineAddress: string | null): string | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'there is nothing at this path';
  // `/var/run` is a link on every Debian, and everybody writes it.
  const linked = linkOr(path.replace(/^\/var\/run\//, '/run/'), null);
  if (linked !== null) return linked;
  if (!stat.isSocket()) return 'it is not a socket';
  const isSet = engineAddress !== null && socketPath(engineAddress) === path;
  const isEngine = isSet || engineSockets.test(basename(path)) || engineFolders.test(path);
  return isEngine ? startsPrograms : null;
}

/** A link in a path can be turned elsewhere after it was granted. */
function linkOr(path: string, otherwise: string | null): string | null {
  let real: string;
  try {
    real = realpathSync(path);
  } catch {
    return 'its links lead nowhere';
  }
  return real === path ? otherwise : `a link leads it to ${printable(real)}; name that path`;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
