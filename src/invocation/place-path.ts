import { posix } from 'node:path';

/** Where things are, for the translation of paths. All folders absolute; `mountRoot` and `currentDirectory` real. */
export interface PathContext {
  /** What relative paths are relative to. */
  readonly currentDirectory: string;
  /** The part of the host that the box sees. */
  readonly mountRoot: string;
  /** Where that stands in the box. */
  readonly insideProject: string;
  /** The real path of an existing file or folder as the system resolves it, `null` when there is none. */
  readonly realPath: (path: string) => string | null;
  /** Granted folders beside the mounted one, and where they stand from it: `../lib`. */
  readonly beside: readonly { readonly folder: string; readonly path: string }[];
}

export type PlacedPath =
  | { readonly place: 'outside'; readonly hostPath: string }
  | {
      readonly place: 'project';
      readonly hostPath: string;
      /** Relative to the mount root, `/`-separated; empty for the root itself. */
      readonly relative: string;
      /** What to write so that it means the same in the box. A plain relative path stays as it is. */
      readonly written: string;
    };

/** Where a path of the host stands in the box, links followed; what does not exist yet stands below its parents. */
export function placePath(value: string, context: PathContext): PlacedPath {
  const { currentDirectory, mountRoot, insideProject, realPath } = context;
  const joined = value.startsWith('/') ? value : `${currentDirectory}/${value}`;
  const hostPath = realPath(joined) ?? realPathOfMissing(posix.normalize(joined), realPath);
  if (!isWithin(hostPath, mountRoot)) return { place: 'outside', hostPath };
  const relative = posix.relative(mountRoot, hostPath);
  const plain = !value.startsWith('/') && !value.split('/').includes('..') && isWithin(currentDirectory, mountRoot);
  return {
    place: 'project',
    hostPath,
    relative,
    written: plain ? value : relative === '' ? insideProject : `${insideProject}/${relative}`,
  };
}

function realPathOfMissing(path: string, realPath: PathContext['realPath']): string {
  let parent = posix.dirname(path);
  while (parent !== '/' && realPath(parent) === null) parent = posix.dirname(parent);
  return posix.join(realPath(parent) ?? parent, posix.relative(parent, path));
}

export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
