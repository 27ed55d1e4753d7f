/** The settled configuration: every value with the place it came from. */
export interface Config {
  readonly engine: Setting<EngineChoice>;
  readonly environment: Setting<EnvironmentChoice>;
  /** An OCI image reference; only read with the `image` environment. */
  readonly image: Setting<string | null>;
  /** What nobody names can be learned, where the default is too old. */
  readonly suite: Setting<DebianSuite>;
  /** Names from the layer catalogue (`images/layers`), sorted, without duplicates. */
  readonly layers: Setting<readonly string[]>;
  /** Whether a build that lacks system libraries is asked which they are. */
  readonly infer: Setting<'learn' | 'certain' | 'off'>;
  /** Debian packages by name, for what no layer has; sorted. */
  readonly packages: Setting<readonly string[]>;
  readonly nix: NixSettings;
  /**
   * `host`: the host's rustup toolchain, mounted read-only. `image`: the one that the image brings. `nix`: of the Nix
   * environment, by rust-overlay.
   */
  readonly toolchain: Setting<ToolchainChoice>;
  /** Where the project stands inside the box: a fixed path, or (for editors) the host's own. */
  readonly projectPath: Setting<'fixed' | 'mirror'>;
  /**
   * `copy`: the box writes into a copy of the project that is kept for its next builds; nothing of it comes back, so the
   * project itself is as safe as with `read-only`.
   */
  readonly projectFiles: Setting<'read-only' | 'copy'>;
  readonly env: EnvironmentVariables;
  /** Doors out of a box without a network, each to exactly one address: `unix:/PATH`, `tcp:HOST:PORT`; sorted. */
  readonly network: Setting<readonly string[]>;
  /** Folders and files of the host that the box sees too, sorted by target. */
  readonly mounts: Setting<readonly HostMount[]>;
  /** Ports of the box at which the host's own loopback leads to its servers; decimal, sorted. */
  readonly ports: Setting<readonly string[]>;
  /** Devices of the host that the box sees too: paths, sorted. */
  readonly devices: Setting<readonly string[]>;
  /** Files of the project that the box sees though they are called like secrets: patterns from the workspace, sorted. */
  readonly show: Setting<readonly string[]>;
  /** Packages whose build scripts get no wall of their own; `*` is all of them. Sorted. */
  readonly unwalledBuildScripts: Setting<readonly string[]>;
  /** Images that a project may choose by itself, as patterns. User configuration only. */
  readonly allowedImages: Setting<readonly string[]>;
  readonly limits: Limits;
  readonly export: Setting<boolean>;
  /** Whether results that hold names of this machine or its user stay in the box. */
  readonly exportCheck: Setting<boolean>;
  readonly pinned: Setting<boolean>;
  /** Where packages that have left the main mirror are looked for; user configuration only. */
  readonly snapshotMirror: Setting<string | null>;
  /** The Debian image in which roots are made on a machine without mmdebstrap; user configuration only. */
  readonly debianImage: Setting<string>;
  readonly color: Setting<'auto' | 'always' | 'never'>;
  readonly verbosity: Setting<'quiet' | 'normal' | 'verbose'>;
  readonly output: Setting<'text' | 'json'>;
}

export type EngineChoice = 'auto' | 'bwrap' | 'docker' | 'none';
export type EnvironmentChoice = 'debian' | 'image' | 'nix';
export type ToolchainChoice = 'host' | 'image' | 'nix';
export type DebianSuite = 'bookworm' | 'trixie';

export interface Setting<T> {
  readonly value: T;
  readonly origin: Origin;
}

export type Origin =
  | { readonly kind: 'default' }
  /** Nobody named it, and builds turned out to need it. */
  | { readonly kind: 'learned'; readonly why: string }
  | { readonly kind: 'user' | 'project'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string };

/** Only read with the `nix` environment. */
export interface NixSettings {
  /** Attributes of nixpkgs that the environment has beside its layers, sorted. */
  readonly packages: Setting<readonly string[]>;
  /** A revision of nixpkgs or the URL of an archive of it; `null`: the newest tested one when the lock is made. */
  readonly nixpkgs: Setting<string | null>;
  /** The same of rust-overlay, which is only there with `toolchain: nix`. */
  readonly rustOverlay: Setting<string | null>;
  /** The project's own environment, from the workspace: a file, or the folder of a flake. Both are never named. */
  readonly file: Setting<string | null>;
  readonly flake: Setting<string | null>;
  /** An attribute of what that comes to; `null`: itself, or the `default` of a flake. */
  readonly shell: Setting<string | null>;
  /** Builds of it that may have a network, `NAME:ALGORITHM:SUM`, sorted. */
  readonly fetches: Setting<readonly string[]>;
}

export interface EnvironmentVariables {
  /** Names of host variables that pass into the box, sorted. */
  readonly pass: Setting<readonly string[]>;
  /** Variables with a value of their own. */
  readonly set: Setting<Readonly<Record<string, string>>>;
}

/** Something of the host in the box. */
export interface HostMount {
  /** Absolute, or below the home as `~/…`. */
  readonly source: string;
  /** Absolute, inside. */
  readonly target: string;
  readonly access: 'read-only' | 'read-write';
}

/** Limits of one box. `null` is no limit. A limit with another origin than `default` must be held or refused. */
export interface Limits {
  readonly memoryBytes: Setting<number | null>;
  readonly processes: Setting<number | null>;
  readonly cpus: Setting<number | null>;
  readonly wallClockMs: Setting<number | null>;
  readonly silenceMs: Setting<number | null>;
  readonly diskBytes: Setting<number | null>;
  readonly openFiles: Setting<number | null>;
}
