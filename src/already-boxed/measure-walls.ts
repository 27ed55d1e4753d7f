import { accessSync, constants, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** One wall as it is at this moment, and what was looked at. */
export interface MeasuredWall {
  readonly wall: string;
  readonly held: boolean;
  readonly found: string;
}

export interface Measured {
  /** The mounted project. */
  readonly project: string;
  /** Homes of whoever runs this: that of the environment, and that of the user's entry. */
  readonly homes: readonly string[];
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Where `/proc`, `/dev`, `/run` and `/var` are. */
  readonly root?: string;
}

/** Looks at each wall of the place that we are in. What cannot be looked at is not held. */
export function measureWalls(place: Measured): readonly MeasuredWall[] {
  const root = place.root ?? '/';
  const status = textOf(join(root, 'proc/self/status'));
  return [
    network(root),
    project(place.project),
    capabilities(status),
    newPrivileges(status),
    systemCalls(status),
    user(status),
    rootFiles(root),
    home(place.homes),
    sockets(root, place.variables),
    devices(root),
  ];
}

function network(root: string): MeasuredWall {
  const wall = 'no network';
  const text = textOf(join(root, 'proc/self/net/dev'));
  if (text === null) return { wall, held: false, found: '/proc/self/net/dev cannot be read' };
  const names = text.split('\n').flatMap((line) => /^\s*([^\s:]+):/.exec(line)?.[1] ?? []);
  const others = names.filter((name) => name !== 'lo');
  return { wall, held: others.length === 0, found: others.length === 0 ? 'only lo' : listed(others) };
}

function project(path: string): MeasuredWall {
  const wall = 'project read-only';
  const isWritable = maybe(path, constants.W_OK);
  return { wall, held: !isWritable, found: `${path} ${isWritable ? 'can' : 'cannot'} be written` };
}

function capabilities(status: string | null): MeasuredWall {
  const wall = 'no capabilities';
  const sets = ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'].map((name) => [name, fieldOf(status, name)] as const);
  const held = sets.every(([, value]) => value !== null && /^0+$/.test(value));
  const more = sets.filter(([, value]) => value === null || !/^0+$/.test(value));
  return {
    wall,
    held,
    found: held ? 'all sets are empty' : more.map(([name, value]) => `${name} ${value}`).join(', '),
  };
}

function newPrivileges(status: string | null): MeasuredWall {
  const value = fieldOf(status, 'NoNewPrivs');
  return { wall: 'no new privileges', held: value === '1', found: `NoNewPrivs ${value}` };
}

function systemCalls(status: string | null): MeasuredWall {
  const value = fieldOf(status, 'Seccomp');
  const found = value === '2' ? 'a filter is at work' : value === '0' ? 'no filter' : `Seccomp ${value}`;
  return { wall: 'system call filter', held: value === '2', found };
}

function user(status: string | null): MeasuredWall {
  const ids = fieldOf(status, 'Uid')?.split(/\s+/) ?? [];
  return { wall: 'ordinary user', held: ids.length > 0 && !ids.includes('0'), found: `uid ${ids[1] ?? 'unknown'}` };
}

function rootFiles(root: string): MeasuredWall {
  const writable = ['usr', 'etc', 'box/toolchain'].filter((path) => maybe(join(root, path), constants.W_OK));
  const found = writable.length === 0 ? 'nothing of it can be written' : `${listed(writable)} can be written`;
  return { wall: 'environment read-only', held: writable.length === 0, found };
}

/** What an image puts there itself. */
const plain: ReadonlySet<string> = new Set(['.bash_logout', '.bashrc', '.profile']);

function home(paths: readonly string[]): MeasuredWall {
  const all = [...new Set(paths)].map(contentOf);
  const full = all.filter(({ isEmpty }) => !isEmpty);
  return {
    wall: 'empty home',
    held: full.length === 0,
    found: (full.length === 0 ? all : full).map(({ found }) => found).join(', '),
  };
}

function contentOf(path: string): { readonly isEmpty: boolean; readonly found: string } {
  try {
    const names = readdirSync(path).filter((name) => !plain.has(name));
    const isEmpty = names.length === 0;
    return { isEmpty, found: isEmpty ? `${path} is empty` : `${path} has ${listed(names)}` };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { isEmpty: isMissing, found: `${path} ${isMissing ? 'is not there' : 'cannot be read'}` };
  }
}

const engineSockets = [
  'run/docker.sock',
  'var/run/docker.sock',
  'run/podman/podman.sock',
  'run/containerd/containerd.sock',
  'run/crio/crio.sock',
  'run/dbus/system_bus_socket',
] as const;

function sockets(root: string, variables: Measured['variables']): MeasuredWall {
  const said = [variables.DOCKER_HOST?.replace(/^unix:\/\//, ''), variables.SSH_AUTH_SOCK];
  const runtime = variables.XDG_RUNTIME_DIR === undefined ? [] : ['docker.sock', 'podman/podman.sock', 'bus'];
  const named = [...said, ...runtime.map((name) => join(variables.XDG_RUNTIME_DIR ?? '', name))];
  const all = [...engineSockets.map((path) => join(root, path)), ...named.filter((path) => path?.startsWith('/'))];
  const reachable = [...new Set(all.flatMap((path) => socketAt(path ?? '') ?? []))];
  const found = reachable.length === 0 ? 'none of engines, agents and buses' : listed(reachable);
  return { wall: 'no sockets of the host', held: reachable.length === 0, found };
}

/** The real path of a socket that may be written; `null`: there is none. */
function socketAt(path: string): string | null {
  try {
    const real = realpathSync(path);
    return lstatSync(real).isSocket() && maybe(real, constants.W_OK) ? real : null;
  } catch {
    return null;
  }
}

function devices(root: string): MeasuredWall {
  const wall = 'no devices of the host';
  try {
    const folder = join(root, 'dev');
    const open = readdirSync(folder).filter((name) => {
      const stat = lstatSync(join(folder, name), { throwIfNoEntry: false });
      const isTelling = stat?.isBlockDevice() === true || ['kmsg', 'kvm', 'mem', 'fuse'].includes(name);
      return isTelling && maybe(join(folder, name), constants.R_OK);
    });
    return { wall, held: open.length === 0, found: open.length === 0 ? 'no disk, no memory' : listed(open) };
  } catch {
    return { wall, held: false, found: '/dev cannot be read' };
  }
}

/** What the kernel answers when it is asked for the right; an answer that is none counts as yes. */
function maybe(path: string, right: number): boolean {
  try {
    accessSync(path, right);
    return true;
  } catch (error) {
    return !['EACCES', 'EROFS', 'ENOENT', 'EPERM', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

function fieldOf(status: string | null, name: string): string | null {
  return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status ?? '')?.[1]?.trim() ?? null;
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Names that are shown; of the rest the number is. */
const most = 5;

function listed(names: readonly string[]): string {
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return `${[...names].sort().slice(0, most).join(', ')}${more}`;
}
