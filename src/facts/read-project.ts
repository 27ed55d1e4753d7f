import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { all, failure, type Result, success } from '../base/result.ts';
import { maximumTextBytes, readForeignText } from '../host/read-file.ts';
import type { ConfigArgument } from '../invocation/config-arguments.ts';
import { printable } from '../problem/problem.ts';
import { stringAt, valueAt } from '../toml/read-table.ts';
import type { LockfileFacts, ManifestFacts, ProjectFacts } from './facts.ts';
import { findLinkBound, findMountRoot } from './find-mount-root.ts';
import { findManifestFolder, findWorkspace, type WorkspaceSearch } from './find-workspace.ts';
import { outsideFolders } from './outside-folders.ts';
import { below, isUtf8, isWithin, realPath } from './path-within.ts';
import {
  type CargoConfigFile,
  configuredPaths,
  readProjectCargoConfig,
  readUserCargoConfig,
} from './read-cargo-config.ts';
import { type Manifest, manifestReader } from './read-manifest.ts';
import { type FoundManifest, readManifests } from './read-manifests.ts';

export interface ProjectStart {
  /** Where the command was started: absolute. Links in it are resolved once. */
  readonly directory: string;
  /** `--manifest-path`, absolute or relative to `directory`. */
  readonly manifestPath: string | null;
  readonly homeDirectory: string;
  readonly cargoHome: string;
  /** Folders outside of the project that were granted to it, from its mounted folder: `../lib`. */
  readonly grantedOutside?: ReadonlySet<string>;
  /** Folders of crates that the command line names, absolute. */
  readonly named?: readonly string[];
  /** Cargo configuration that the command line brings, in its order. */
  readonly written?: readonly ConfigArgument[];
}

/** Reads what cargo would read of a project, as data: nothing of it is run, and no link leads out of it. */
export function readProject(start: ProjectStart): Result<ProjectFacts> {
  const directory = realDirectory(start.directory);
  if (!directory.ok) return directory;
  const folder = manifestFolder(start, directory.value);
  if (!folder.ok) return folder;
  const bound = findLinkBound(folder.value, start.homeDirectory);
  const search: WorkspaceSearch = {
    read: manifestReader(),
    boundOf: (candidate) => (isWithin(candidate, bound) ? bound : findLinkBound(candidate, start.homeDirectory)),
    cargoHome: start.cargoHome,
    ceiling: '/',
  };
  const current = search.read(folder.value, bound);
  if (!current.ok) return current;
  if (current.value === null) return failure(noManifest(folder.value));
  const workspace = findWorkspace(current.value, search);
  if (!workspace.ok) return workspace;
  const root = workspace.value ?? current.value;
  const mountRoot = findMountRoot(root.folder, start.homeDirectory);
  if (!mountRoot.ok) return mountRoot;
  return readWithin(start, directory.value, { root, current: current.value, mountRoot: mountRoot.value, search });
}

interface Place {
  readonly root: Manifest;
  readonly current: Manifest;
  readonly mountRoot: string;
  readonly search: WorkspaceSearch;
}

function readWithin(start: ProjectStart, directory: string, place: Place): Result<ProjectFacts> {
  const { root, current, mountRoot } = place;
  // Started elsewhere with --manifest-path: as if started beside that manifest, since only the project is mounted.
  const working = isWithin(directory, mountRoot) ? directory : current.folder;
  const written = { arguments: start.written ?? [], directory, home: root.folder };
  const config = readProjectCargoConfig(working, mountRoot, written);
  const user = readUserCargoConfig(start.cargoHome);
  const lockfile = readLockfile(root.folder);
  const configured = config.ok ? configuredPaths([...config.value.files, ...config.value.written]) : [];
  const outside = outsideFolders(mountRoot, start.homeDirectory, start.grantedOutside ?? new Set());
  const manifests = readManifests({ ...place, configured, named: start.named ?? [], outside });
  if (!config.ok || !user.ok || !lockfile.ok || !manifests.ok) {
    return all<unknown>([config, user, lockfile, manifests]) as Result<never>;
  }
  const manifestFacts = manifests.value.map((found) => factsOf(found, mountRoot));
  return success({
    mountRoot,
    workspace: below(root.folder, mountRoot),
    current: below(working, mountRoot),
    manifests: manifestFacts,
    lockfile: lockfile.value,
    outside: [...outside.met.values()].sort((left, right) => (left.path < right.path ? -1 : 1)),
    fetchInputs: hashInputs(manifestFacts, lockfile.value, [...config.value.files, ...config.value.written], mountRoot),
    cargoConfig: {
      project: config.value.merged,
      user: user.value,
      files: config.value.files.map(({ file }) => below(file, mountRoot)),
    },
    hasMetadata: ['workspace', 'package'].some(
      (part) => valueAt(root.content, part, 'metadata', 'boxed') !== undefined,
    ),
  });
}

function realDirectory(directory: string): Result<string> {
  const real = isUtf8(directory) ? realPath(directory) : success(null);
  if (!real.ok) return real;
  if (real.value !== null && isUtf8(real.value)) return success(real.value);
  const why = isUtf8(directory) && real.value === null ? 'it does not exist' : 'its path is not UTF-8';
  return failure({
    code: 'path',
    what: `${printable(directory)} cannot be used`,
    where: { file: directory },
    why,
    fix: why === 'it does not exist' ? 'Start in a folder that exists.' : 'Rename the folder, or move the project.',
  });
}

function manifestFolder(start: ProjectStart, directory: string): Result<string> {
  if (start.manifestPath === null) {
    const found = findManifestFolder(directory);
    return found === null ? failure(noManifest(directory)) : success(found);
  }
  const file = isAbsolute(start.manifestPath) ? start.manifestPath : resolve(directory, start.manifestPath);
  if (basename(file) !== 'Cargo.toml') {
    return failure({
      code: 'usage',
      what: `the manifest path ${printable(start.manifestPath)} does not name a Cargo.toml`,
      fix: 'Give the path of a Cargo.toml file; single-file scripts are not supported yet.',
    });
  }
  const folder = realPath(dirname(file));
  if (!folder.ok) return folder;
  if (folder.value !== null && lstatSync(file, { throwIfNoEntry: false }) !== undefined) return success(folder.value);
  return failure({
    code: 'no-manifest',
    what: `there is no ${printable(start.manifestPath)}`,
    where: { file },
    fix: 'Give the path of the Cargo.toml that you mean.',
  });
}

function noManifest(folder: string) {
  return {
    code: 'no-manifest',
    what: 'there is no Cargo.toml',
    where: { file: folder },
    why: `neither ${printable(folder)} nor a folder above it has one`,
    fix: 'Start in a Cargo project, name one with -C DIR, or make one with `cargo-boxed init`.',
  } as const;
}

function readLockfile(folder: string): Result<LockfileFacts> {
  // A link is refused here, also a dangling one: cargo would write through it.
  // Cargo compares the text with its own, which has no byte order mark.
  const text = readForeignText(join(folder, 'Cargo.lock'), maximumTextBytes, 'kept');
  if (!text.ok) return text;
  if (text.value === null) return success({ state: 'missing' });
  return success({ state: 'present', text: text.value, sha256: createHash('sha256').update(text.value).digest('hex') });
}

function factsOf({ manifest, role }: FoundManifest, mountRoot: string): ManifestFacts {
  return {
    folder: below(manifest.folder, mountRoot),
    packageName: stringAt(manifest.content, 'package', 'name'),
    role,
    content: manifest.content,
    text: manifest.text,
  };
}

/** Each part with its kind, place and length, so that no two different projects give the same bytes. */
function hashInputs(
  manifests: readonly ManifestFacts[],
  lockfile: LockfileFacts,
  configs: readonly CargoConfigFile[],
  mountRoot: string,
): string {
  const hash = createHash('sha256');
  const add = (kind: string, path: string, text: string) => {
    hash.update(`${JSON.stringify([kind, path, Buffer.byteLength(text)])}\n`).update(text);
  };
  for (const { role, folder, text } of manifests) add(role, folder, text);
  add(`lock ${lockfile.state}`, '', lockfile.state === 'present' ? lockfile.text : '');
  for (const { file, text } of configs) add('config', below(file, mountRoot), text);
  return hash.digest('hex');
}
