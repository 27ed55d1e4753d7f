import { failure, type Result, success } from '../base/result.ts';
import type { HostMount } from '../config/config.ts';
import { outsidePaths } from '../facts/outside-paths.ts';
import { printable } from '../problem/problem.ts';
import { type AnchoredPath, type Door, inside, type Mount } from './box-plan.ts';
import type { PlanInputs } from './plan-inputs.ts';

/** What the configuration opens in the wall, for boxes in which something of the project runs. */
export interface Openings {
  readonly doors: readonly Door[];
  readonly mounts: readonly Mount[];
}
const nothing: Openings = { doors: [], mounts: [] };

/** Doors and mounts of the configuration; `new` and `init` get none, since they run nothing of a project. */
export function planOpenings(inputs: PlanInputs, projectPath: string): Result<Openings> {
  const { config, request } = inputs;
  if (request.class === 'creating') return success(nothing);
  const doors = config.network.value.map(doorAt);
  const mounts = config.mounts.value.map(hostMount);
  const covering = mounts.find(({ target }) => contains(target, projectPath) || contains(projectPath, target));
  if (covering !== undefined) {
    const what = `the mount at ${printable(covering.target)} covers the project, or lies in it`;
    return failure({ code: 'config', what, why: `the project stands at ${printable(projectPath)}` });
  }
  const beside = besideMounts(inputs, projectPath);
  if (beside.length > 0 && projectPath.lastIndexOf('/') === 0) {
    const what = `beside ${printable(projectPath)} there is no place for another folder`;
    return failure({ code: 'config', what, fix: 'Use `project-path: fixed`.' });
  }
  return success({ doors, mounts: [...beside, ...mounts, ...doorMounts(doors)] });
}

/** Granted folders beside the project stand beside it inside too, where the manifests' relative paths lead. */
function besideMounts({ facts }: PlanInputs, projectPath: string): readonly Mount[] {
  const parent = projectPath.slice(0, projectPath.lastIndexOf('/'));
  return outsidePaths(facts.project).map((path) => {
    const name = path.slice('../'.length);
    return readOnly({ anchor: 'beside', path: name }, `${parent}/${name}`);
  });
}

/** `unix:/PATH` or `tcp:HOST:PORT`, as the configuration has checked it. */
function doorAt(address: string): Door {
  if (address.startsWith('unix:')) return { kind: 'unix', path: address.slice('unix:'.length) };
  const colon = address.lastIndexOf(':');
  const host = address.slice('tcp:'.length, colon).replace(/^\[(.*)\]$/, '$1');
  return { kind: 'tcp', host, port: Number(address.slice(colon + 1)) };
}

/**
 * A socket is bound as it is: connecting needs no more. A port needs two relays, since the box has no network: one of
 * ours on the host, one inside; between them lies a socket in a folder that holds nothing else.
 */
function doorMounts(doors: readonly Door[]): readonly Mount[] {
  const sockets = doors.flatMap((door) => (door.kind === 'unix' ? [socketMount(door.path)] : []));
  if (doors.every(({ kind }) => kind === 'unix')) return sockets;
  return [
    ...sockets,
    readOnly({ anchor: 'doors', path: '' }, inside.doors),
    readOnly({ anchor: 'doors', path: 'hosts' }, '/etc/hosts'),
  ];
}

/** A name that a program inside would look up: it finds the relay. Addresses and `localhost` need no help. */
export function needsName(host: string): boolean {
  return host !== 'localhost' && !/^[0-9.]+$/.test(host) && !host.includes(':');
}

function socketMount(path: string): Mount {
  // `/var/run` is a link to `/run`, and a mount point has no links.
  return readOnly({ anchor: 'filesystem', path: path.slice(1) }, path.replace(/^\/var\/run\//, '/run/'));
}

function hostMount({ source, target, access }: HostMount): Mount {
  const from: AnchoredPath = source.startsWith('~/')
    ? { anchor: 'home', path: source.slice(2) }
    : { anchor: 'filesystem', path: source.slice(1) };
  return { kind: 'bind', source: from, target, access };
}

function readOnly(source: AnchoredPath, target: string): Mount {
  return { kind: 'bind', source, target, access: 'read-only' };
}

function contains(folder: string, path: string): boolean {
  return `${path}/`.startsWith(`${folder}/`);
}

/** With a door to a port the relay starts first, listens, and becomes the program. */
export function throughDoors(argv: readonly string[], doors: readonly Door[]): readonly string[] {
  const ports = doors.flatMap((door) => (door.kind === 'tcp' ? [String(door.port)] : []));
  return ports.length === 0 ? argv : ['/usr/bin/perl', `${inside.doors}/${relayFile}`, ...ports, '--', ...argv];
}

export const relayFile = 'relay.pl';
