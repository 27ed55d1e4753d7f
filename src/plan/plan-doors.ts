import { failure, type Result, success } from '../base/result.ts';
import type { HostMount } from '../config/config.ts';
import { outsidePaths } from '../facts/outside-paths.ts';
import { printable } from '../problem/problem.ts';
import { type AnchoredPath, type Door, inside, type Mount } from './box-plan.ts';
import { outsideCovers } from './plan-covers.ts';
import type { PlanInputs } from './plan-inputs.ts';

/** What the configuration opens in the wall, for boxes in which something of the project runs. */
export interface Openings {
  readonly doors: readonly Door[];
  readonly ports: readonly number[];
  readonly devices: readonly string[];
  readonly mounts: readonly Mount[];
}
const nothing: Openings = { doors: [], ports: [], devices: [], mounts: [] };

/** Doors, ports, devices and mounts of the configuration; `new` and `init` get none, since they run nothing of a project. */
export function planOpenings(inputs: PlanInputs, projectPath: string): Result<Openings> {
  const { config, request } = inputs;
  if (request.class === 'creating') return success(nothing);
  const doors = config.network.value.map(doorAt);
  const ports = request.ports === 'open' ? config.ports.value.map(Number).sort((left, right) => left - right) : [];
  const devices = config.devices.value;
  const mounts = config.mounts.value.flatMap((mount) => [
    hostMount(mount),
    ...outsideCovers(inputs, mount.source, mount.target),
  ]);
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
  return success({ doors, ports, devices, mounts: [...beside, ...mounts, ...doorMounts(doors, ports)] });
}

/** Granted folders beside the project stand beside it inside too, where the manifests' relative paths lead. */
function besideMounts(inputs: PlanInputs, projectPath: string): readonly Mount[] {
  return outsidePaths(inputs.facts.project).flatMap((path) => {
    const target = besidePath(projectPath, path);
    return [readOnly({ anchor: 'beside', path: nameBeside(path) }, target), ...outsideCovers(inputs, path, target)];
  });
}

/** Where a granted folder (`../lib`) stands in the box. */
export function besidePath(projectPath: string, path: string): string {
  return `${projectPath.slice(0, projectPath.lastIndexOf('/'))}/${nameBeside(path)}`;
}

function nameBeside(path: string): string {
  return path.slice('../'.length);
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
 * ours on the host, one inside; between them lies a socket in a folder that holds nothing else. A port that leads into
 * the box needs the same: it is the relay inside that connects to the host's, so the host opens no path of the box.
 */
function doorMounts(doors: readonly Door[], ports: readonly number[]): readonly Mount[] {
  const sockets = doors.flatMap((door) => (door.kind === 'unix' ? [socketMount(door.path)] : []));
  const leadsOut = doors.some(({ kind }) => kind === 'tcp');
  return [
    ...sockets,
    ...(leadsOut || ports.length > 0 ? [readOnly({ anchor: 'doors', path: '' }, inside.doors)] : []),
    ...(leadsOut ? [readOnly({ anchor: 'doors', path: 'hosts' }, '/etc/hosts')] : []),
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

/** With a door to a port, or a port of the box's own, the relay starts first, listens, and becomes the program. */
export function throughDoors(
  argv: readonly string[],
  { doors, ports }: Pick<Openings, 'doors' | 'ports'>,
): readonly string[] {
  const out = doors.flatMap((door) => (door.kind === 'tcp' ? [String(door.port)] : []));
  const words = [...out, ...ports.map(portSocket)];
  return words.length === 0 ? argv : ['/usr/bin/perl', `${inside.doors}/${relayFile}`, ...words, '--', ...argv];
}

/** The socket of a port that leads into the box, and the word by which the relay inside knows it. */
export function portSocket(port: number): string {
  return `in-${port}`;
}

export const relayFile = 'relay.pl';
