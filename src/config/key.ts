import type { DebianSuite, EngineChoice, EnvironmentChoice, HostMount, ToolchainChoice } from './config.ts';
import type { ValueType } from './value-type.ts';

/** Every key by its path in a file, and the type that its value has once it is settled. */
export interface KeyValues {
  readonly engine: EngineChoice;
  readonly environment: EnvironmentChoice;
  readonly image: string | null;
  readonly suite: DebianSuite;
  readonly layers: readonly string[];
  readonly 'layers.infer': 'learn' | 'certain' | 'off';
  readonly packages: readonly string[];
  readonly 'nix.packages': readonly string[];
  readonly 'nix.nixpkgs': string | null;
  readonly 'nix.rust-overlay': string | null;
  readonly 'nix.file': string | null;
  readonly 'nix.flake': string | null;
  readonly 'nix.shell': string | null;
  readonly 'nix.fetches': readonly string[];
  readonly toolchain: ToolchainChoice;
  readonly 'project-path': 'fixed' | 'mirror';
  readonly 'project-files': 'read-only' | 'copy';
  readonly 'env.pass': readonly string[];
  readonly 'env.set': Readonly<Record<string, string>>;
  readonly network: readonly string[];
  readonly mounts: readonly HostMount[];
  readonly ports: readonly string[];
  readonly devices: readonly string[];
  readonly show: readonly string[];
  readonly 'unwalled-build-scripts': readonly string[];
  readonly 'allowed-images': readonly string[];
  readonly 'limits.memory': number | null;
  readonly 'limits.processes': number | null;
  readonly 'limits.cpus': number | null;
  readonly 'limits.time': number | null;
  readonly 'limits.silence': number | null;
  readonly 'limits.disk': number | null;
  readonly 'limits.files': number | null;
  readonly export: boolean;
  readonly 'export-check': boolean;
  readonly pinned: boolean;
  readonly 'snapshot-mirror': string | null;
  readonly 'debian-image': string;
  readonly color: 'auto' | 'always' | 'never';
  readonly verbosity: 'quiet' | 'normal' | 'verbose';
  readonly output: 'text' | 'json';
}
export type KeyName = keyof KeyValues;

export interface Key<T = unknown> {
  readonly type: ValueType;
  readonly default: T;
  /** What a default of `null` comes to, where the plan decides it by the host. */
  readonly defaultMeans?: string;
  /** Who may write it into a file: everybody, only the user's own file, or nobody (it belongs to one call). */
  readonly writers: 'everybody' | 'user' | 'nobody';
  readonly widening: Widening;
  /** Values that a project's file cannot have: only the user's own, a variable or an option. */
  readonly userValues?: readonly unknown[];
  /** One sentence for the schema, the completion and the reference. */
  readonly description: string;
  /** The environment variable of a key that has no option of the command line; the others share their option's. */
  readonly variable?: string;
}

/** What makes a project's value an ask for more, measured against what holds without the project. */
export type Widening =
  /** Nothing: the wall is the same with every value. */
  | { readonly kind: 'never' }
  /** This value, where another one holds. */
  | { readonly kind: 'to'; readonly value: unknown }
  /** An entry that is not in the list yet. */
  | { readonly kind: 'more-names' }
  /** What none of the patterns in the user's list matches. */
  | { readonly kind: 'outside-of'; readonly patterns: 'allowed-images' }
  /** Any value that does not hold already. */
  | { readonly kind: 'another' }
  /** A higher limit, or none. */
  | { readonly kind: 'weaker-limit' };
