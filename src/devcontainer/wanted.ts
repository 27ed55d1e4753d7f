import type { Json } from '../base/canonical-json.ts';
import { inside } from '../plan/box-plan.ts';
import { readMountText } from './mount-text.ts';

/** `strict`: the project is read-only inside. `editor`: whoever is in the container may write it. */
export type DevcontainerMode = 'strict' | 'editor';
export const devcontainerModes = ['strict', 'editor'] as const satisfies readonly DevcontainerMode[];

/** All that decides what a devcontainer.json has to say. Texts that go into it may hold its variables (`${localEnv:HOME}`). */
export interface DevcontainerWish {
  readonly mode: DevcontainerMode;
  /** The first is written; each names the image of the lock by what it is made of. */
  readonly images: readonly [string, ...string[]];
  /** Repository that images may be named in beside their digest; `null`: none was asked for. */
  readonly repository: string | null;
  /** Of the project, for people. */
  readonly name: string;
  /** From the mounted folder; empty when it is that. */
  readonly workspace: string;
  /** Of the environment: artifacts of two must not mix. */
  readonly identity: string;
  /** The folder with `crates` and `cargo-home`, and the store that those lead to. */
  readonly crates: string;
  readonly store: string;
  /** Whether git's own files lie in the mounted folder. */
  readonly hasGit: boolean;
  readonly limits: DevcontainerLimits;
  readonly variables: Readonly<Record<string, string>>;
  /** Whether the toolchain of the lock has a language server. */
  readonly hasAnalyzer: boolean;
}

export interface DevcontainerLimits {
  readonly processes: number | null;
  readonly memoryBytes: number | null;
  readonly cpus: number | null;
  readonly openFiles: number | null;
}

/** One thing that the file has to say. */
export type Wanted =
  | {
      readonly kind: 'value';
      readonly path: readonly string[];
      readonly value: Json;
      /** Other values that mean the same. */
      readonly same?: readonly string[];
      /** Values that only we write: they may be replaced. */
      readonly isOurs?: (value: unknown) => boolean;
    }
  | {
      /** Written into a new file, and a person's own from then on. */
      readonly kind: 'suggestion';
      readonly path: readonly string[];
      readonly value: string;
    }
  | {
      readonly kind: 'items';
      readonly path: readonly string[];
      readonly values: readonly string[];
      /** What an item is about: two about the same cannot stand side by side. `null`: about nothing of ours. */
      readonly subject: (item: string) => string | null;
      /** Items that only we write: they are replaced, or go where they are not wanted any more. */
      readonly isOurs: (item: string) => boolean;
    };

const folder = `\${localWorkspaceFolder}`;
/** Who is in the container: the image's own user, or whom these variables of the host name. */
const user = `\${localEnv:CARGO_BOXED_UID:1000}:\${localEnv:CARGO_BOXED_GID:1000}`;
const volumePrefix = 'cargo-boxed-target-';

export function wantedOf(wish: DevcontainerWish): readonly Wanted[] {
  const { mode, images, repository, workspace, variables } = wish;
  const [image] = images;
  const value = (name: string, held: string | boolean): Wanted => ({ kind: 'value', path: [name], value: held });
  return [
    { kind: 'suggestion', path: ['name'], value: `${wish.name} (boxed)` },
    { kind: 'value', path: ['image'], value: image, same: images, isOurs: (text) => isOurImage(text, repository) },
    {
      kind: 'value',
      path: ['workspaceMount'],
      value: projectMount(mode),
      isOurs: (text) => text === projectMount('strict') || text === projectMount('editor'),
    },
    {
      kind: 'value',
      path: ['workspaceFolder'],
      value: [inside.project, workspace].filter((part) => part !== '').join('/'),
    },
    value('containerUser', user),
    value('remoteUser', user),
    value('updateRemoteUserUID', false),
    value('userEnvProbe', 'none'),
    value('overrideCommand', true),
    { kind: 'items', path: ['runArgs'], values: runArguments(wish), subject: argumentSubject, isOurs: () => false },
    { kind: 'items', path: ['mounts'], values: mounts(wish), subject: mountSubject, isOurs: isOurMount },
    ...Object.entries({ ...variables, ...fixedVariables }).map(
      ([name, held]): Wanted => ({ kind: 'value', path: ['containerEnv', name], value: held }),
    ),
    {
      kind: 'items',
      path: ['customizations', 'vscode', 'extensions'],
      values: ['rust-lang.rust-analyzer'],
      subject: (item) => item.toLowerCase(),
      isOurs: () => false,
    },
    ...Object.entries(settings(wish)).map(
      ([name, held]): Wanted => ({ kind: 'value', path: ['customizations', 'vscode', 'settings', name], value: held }),
    ),
  ];
}

/** As in every box; cargo is told by a variable too, since not every call of an editor has its options. */
const fixedVariables = {
  CARGO_HOME: inside.cargoHome,
  CARGO_TARGET_DIR: inside.targetDirectory,
  CARGO_BUILD_BUILD_DIR: inside.buildDirectory,
  CARGO_NET_OFFLINE: 'true',
} as const;

/** Names that a configuration cannot set here. */
export const fixedVariableNames: readonly string[] = Object.keys(fixedVariables);

/** A server of its own target and build folder does not wait for `cargo build`, nor the other way round. */
function settings({ hasAnalyzer }: DevcontainerWish): Readonly<Record<string, Json>> {
  const target = `${inside.target}/rust-analyzer`;
  return {
    ...(hasAnalyzer ? { 'rust-analyzer.server.path': `${inside.toolchain}/bin/rust-analyzer` } : {}),
    'rust-analyzer.cargo.targetDir': target,
    'rust-analyzer.cargo.extraArgs': ['--offline'],
    'rust-analyzer.cargo.extraEnv': { CARGO_BUILD_BUILD_DIR: `${target}/build` },
  };
}

function projectMount(mode: DevcontainerMode): string {
  return `type=bind,source=${folder},target=${inside.project}${mode === 'strict' ? ',readonly' : ''}`;
}

function isOurImage(value: unknown, repository: string | null): boolean {
  if (typeof value !== 'string') return false;
  const [name, digest] = value.includes('@') ? value.split('@', 2) : [null, value];
  return /^sha256:[0-9a-f]{64}$/.test(digest ?? '') && (name === null || name === repository);
}

function mounts({ mode, identity, crates, store, hasGit }: DevcontainerWish): readonly string[] {
  const readOnly = (source: string, target: string) => `type=bind,source=${source},target=${target},readonly`;
  // Users do not share a volume: its folders belong to who made them. Nor do modes: what a build script found out holds
  // in one of them only.
  const volume = `${volumePrefix}${identity.slice(0, 12)}-${mode}-\${localEnv:CARGO_BOXED_UID:1000}-\${devcontainerId}`;
  // What git and editors run on the host is written there.
  const kept = ['.devcontainer', ...(hasGit ? ['.git'] : [])];
  return [
    `type=volume,source=${volume},target=${inside.target}`,
    readOnly(`${crates}/cargo-home`, inside.cargoHome),
    readOnly(`${crates}/crates`, inside.crates),
    readOnly(store, inside.store),
    ...(mode === 'strict' ? [] : kept.map((name) => readOnly(`${folder}/${name}`, `${inside.project}/${name}`))),
  ];
}

function mountSubject(item: string): string | null {
  const { target } = readMountText(item);
  return target.startsWith(`${inside.base}/`) ? target.replace(/\/+$/, '') : null;
}

const ourTargets = [inside.target, inside.cargoHome, inside.crates, inside.store] as const;

function isOurMount(item: string): boolean {
  const { type, source, target } = readMountText(item);
  if (type === 'volume') return target === inside.target && source.startsWith(volumePrefix);
  if (source.startsWith(`${folder}/`)) return target === `${inside.project}/${source.slice(folder.length + 1)}`;
  return (ourTargets as readonly string[]).includes(target) && source.startsWith('${localEnv:');
}

function runArguments({ limits }: DevcontainerWish): readonly string[] {
  const limit = (name: string, value: number | string | null) => (value === null ? [] : [`--${name}=${value}`]);
  return [
    '--network=none',
    '--cap-drop=ALL',
    '--security-opt=no-new-privileges',
    ...limit('pids-limit', limits.processes),
    ...limit('memory', limits.memoryBytes),
    ...limit('cpus', limits.cpus),
    ...limit('ulimit', limits.openFiles === null ? null : `nofile=${limits.openFiles}`),
  ];
}

/** Options that may be repeated are about their value too. */
function argumentSubject(item: string): string | null {
  const [name = '', value = ''] = item.split('=', 2);
  if (!name.startsWith('-')) return null;
  return /^--(cap-drop|security-opt|ulimit)$/.test(name) ? `${name}=${value}` : name;
}
