import type { ResolvedBox, ResolvedMount } from '../engine.ts';

/** What of the host's /proc is there to be covered: looked up once by the engine, so that this file stays pure. */
export interface BwrapSurroundings {
  /** Paths below /proc that are replaced by an empty file or folder. */
  readonly maskedFiles: readonly string[];
  readonly maskedFolders: readonly string[];
  /** What lies at the top of the root: a mount may need a folder there that is missing. */
  readonly rootEntries?: readonly RootEntry[];
}
export type RootEntry =
  | { readonly kind: 'folder'; readonly name: string }
  | { readonly kind: 'link'; readonly name: string; readonly to: string };

/** The user that a box's processes believe to be. Outside they are the caller. */
export const insideUserId = 1000;

/**
 * All options of bubblewrap but the program to run. They go through a descriptor (`--args`), since bubblewrap is
 * process 1 inside and its command line can be read there: host paths must not stand in it. The box's variables are
 * options too and never the launchers' own environment: a project may set LD_PRELOAD for itself, not for programs of the
 * host.
 */
export function bwrapArguments(box: ResolvedBox, surroundings: BwrapSurroundings): readonly string[] {
  if (box.root.kind !== 'directory') throw new Error('bubblewrap takes a root that is a directory');
  return [
    ...namespaces(box),
    ...rootArguments(box.root, box, surroundings),
    '--tmpfs',
    '/box',
    ...foreignFolders(box).flatMap((folder) => ['--tmpfs', folder]),
    ...box.mounts.flatMap(mountArguments),
    '--remount-ro',
    '/box',
    ...foreignFolders(box).flatMap((folder) => ['--remount-ro', folder]),
    ...processFileSystem(surroundings),
    '--dev',
    '/dev',
    '--size',
    String(sharedMemoryBytes),
    '--tmpfs',
    '/dev/shm',
    ...box.devices.flatMap((device) => ['--dev-bind', device, device]),
    '--remount-ro',
    '/dev',
    ...(box.root.only !== undefined || lacksFolder(box, surroundings) ? ['--remount-ro', '/'] : []),
    ...Object.entries(box.variables).flatMap(([name, value]) => ['--setenv', name, value]),
    '--chdir',
    box.workingDirectory,
  ];
}

const sharedMemoryBytes = 1024 ** 3;

function namespaces(box: ResolvedBox): readonly string[] {
  const network = box.network === 'none' ? ['--unshare-net'] : [];
  // A terminal box has a pty of its own as controlling terminal: pushing characters into it reaches only itself.
  const userId = String(box.presents?.userId ?? insideUserId);
  const session = box.streams === 'terminal' ? [] : ['--new-session'];
  return [
    '--unshare-user',
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    ...network,
    '--disable-userns',
    '--uid',
    userId,
    '--gid',
    userId,
    '--hostname',
    box.presents?.hostName ?? 'boxed',
    '--die-with-parent',
    ...session,
    '--cap-drop',
    'ALL',
  ];
}

/**
 * A mount outside of /box needs a mount point that the read-only root lacks: its first folder becomes a tmpfs, which is
 * read-only too once all mounts are in it. A mount that is such a folder itself keeps its own access.
 */
function foreignFolders(box: ResolvedBox): readonly string[] {
  const targets = new Set(box.mounts.map(({ target }) => target));
  return firstFolders(box).filter((folder) => !targets.has(folder));
}

function firstFolders(box: ResolvedBox): readonly string[] {
  const first = (target: string) => `/${target.split('/')[1] ?? ''}`;
  const known = new Set(['/box', '/tmp', '/etc', '/dev', '/proc']);
  const wanted = new Set(box.mounts.map((mount) => first(mount.target)).filter((folder) => !known.has(folder)));
  return [...wanted].sort();
}

/**
 * The root as a whole; or, when a mount wants a folder at its top that it lacks, a root of bubblewrap's own with each of
 * its folders: a read-only file system takes no new mount points.
 */
function rootArguments(
  { path: root, only }: { readonly path: string; readonly only?: readonly string[] },
  box: ResolvedBox,
  surroundings: BwrapSurroundings,
): readonly string[] {
  if (only === undefined && !lacksFolder(box, surroundings)) return ['--ro-bind', root, '/'];
  return (surroundings.rootEntries ?? []).flatMap((entry) => {
    if (entry.kind === 'link') return ['--symlink', entry.to, `/${entry.name}`];
    if (madeAnyway.has(`/${entry.name}`) || only?.includes(entry.name) === false) return [];
    return ['--ro-bind', root === '/' ? `/${entry.name}` : `${root}/${entry.name}`, `/${entry.name}`];
  });
}

const madeAnyway = new Set(['/box', '/tmp', '/dev', '/proc']);

function lacksFolder(box: ResolvedBox, { rootEntries }: BwrapSurroundings): boolean {
  if (rootEntries === undefined) return false;
  const there = new Set(rootEntries.map(({ name }) => `/${name}`));
  return firstFolders(box).some((folder) => !there.has(folder));
}

function mountArguments(mount: ResolvedMount): readonly string[] {
  if (mount.kind === 'tmpfs') {
    const size = mount.sizeBytes === null ? [] : ['--size', String(mount.sizeBytes)];
    return [...size, '--tmpfs', mount.target];
  }
  return [mount.access === 'read-only' ? '--ro-bind' : '--bind', mount.source, mount.target];
}

/**
 * A fresh /proc without what would be writable or telling for a caller that is root outside: user 0 owns the files
 * below /proc/sys, core_pattern among them, whatever capabilities were dropped.
 */
function processFileSystem(surroundings: BwrapSurroundings): readonly string[] {
  return [
    '--proc',
    '/proc',
    '--ro-bind',
    '/proc/sys',
    '/proc/sys',
    ...surroundings.maskedFiles.flatMap((path) => ['--ro-bind', '/dev/null', path]),
    ...surroundings.maskedFolders.flatMap((path) => ['--tmpfs', path, '--remount-ro', path]),
  ];
}
