import type { Place } from '../problem/problem.ts';

/** What this host and this Cargo project are: read once, then plain data. Paths are absolute and real unless said. */
export interface Facts {
  readonly host: HostFacts;
  readonly project: ProjectFacts;
  readonly secrets: SecretFacts;
  /** `null`: this host has none that fits, and the environment brings its own (`toolchain: image`, `toolchain: nix`). */
  readonly toolchain: ToolchainFacts | null;
  /** What rust-overlay is asked for, with `toolchain: nix`; `null` with any other. */
  readonly nixToolchain: NixToolchainFacts | null;
  /** We are inside of an image of the project's lock, which was checked: its system is the environment. */
  readonly inImage?: true;
  /** The project's own Nix environment, where the configuration names one. */
  readonly ownNix: OwnNix | null;
}

/** A project's own `shell.nix` or flake, with all of the project that an evaluation of it sees. */
export interface OwnNix {
  readonly kind: 'file' | 'flake';
  /** The file, relative to the mount root. */
  readonly path: string;
  /** An attribute of what it comes to; `null`: that itself. */
  readonly shell: string | null;
  /** Sorted by path, which is relative to the mount root. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** What it names by address and sum, to be there before it is evaluated; sorted. */
  readonly fetches: readonly NixFetch[];
  /** Of a flake, what stands for which node of its lock. */
  readonly inputs: readonly { readonly node: string; readonly url: string; readonly narHash: string }[];
  /** Over kind, path, shell and all files. */
  readonly sha256: string;
}

/** A toolchain as rust-overlay is asked for it. Each name holds to a grammar that leaves nothing but a name. */
export interface NixToolchain {
  /** `stable`, `beta`, `nightly`, the last two also with a date, or a version: `1.95` or `1.95.0`. */
  readonly channel: string;
  readonly profile: string;
  /** Beyond those of the profile, sorted. */
  readonly components: readonly string[];
  /** Beyond the machine's own, sorted. */
  readonly targets: readonly string[];
}

export interface NixToolchainFacts extends NixToolchain {
  /** Why this one: `+TOOLCHAIN`, a file with its path, or the default. */
  readonly reason: string;
}

/** An archive that is fetched by its sum, and called so in the store. */
export interface NixFetch {
  readonly name: string;
  readonly url: string;
  /** `sha256-…` over what is in it, as Nix counts. */
  readonly narHash: string;
}

export interface HostFacts {
  readonly uid: number;
  readonly gid: number;
  readonly architecture: 'x86_64' | 'aarch64';
  readonly cpus: number;
  readonly memoryBytes: number;
  /** The most open files that a process of ours can be given: its hard limit. */
  readonly openFiles: number;
  /** The host's whole environment; only `plan-variables` picks from it, by table and by configuration. */
  readonly variables: Readonly<Record<string, string>>;
  readonly terminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** The user's CARGO_HOME: read as data, never mounted as a whole. */
  readonly cargoHome: string;
}

export interface ProjectFacts {
  /** What is mounted: the VCS root if the workspace lies in one, else the workspace root. Never `/` or the home. */
  readonly mountRoot: string;
  /** The workspace root, relative to `mountRoot`; empty when they are the same. */
  readonly workspace: string;
  /** Where the command was started, relative to `mountRoot`. */
  readonly current: string;
  /** Every manifest that cargo will read, workspace root first, then sorted by path. */
  readonly manifests: readonly ManifestFacts[];
  readonly lockfile: LockfileFacts;
  /** sha256 over the manifests, Cargo.lock and all that the fetch phase reads of the project: the name of its view. */
  readonly fetchInputs: string;
  readonly cargoConfig: CargoConfigFacts;
  /** Folders outside of `mountRoot` that manifests name, sorted by path. */
  readonly outside: readonly OutsideFolder[];
  /** Configuration of the workspace root's `[workspace.metadata.boxed]` or `[package.metadata.boxed]`, if there. */
  readonly hasMetadata: boolean;
}

/** What of the mounted files a box does not see as it is. */
export interface SecretFacts {
  /** Sorted by path. */
  readonly hidden: readonly HiddenPath[];
  /** Files that a box sees with another content: git configurations without credentials. Sorted by path. */
  readonly cleaned: readonly CleanedFile[];
  /** The same of what is granted outside of the project, sorted by source; only where there is something. */
  readonly outside: readonly OutsideSecrets[];
  /** For root: a file or folder of the rest that only some may read. Not looked for by others, who read their own. */
  readonly closed?: string | null;
}

export interface OutsideSecrets {
  /** As the configuration writes the source of a mount, or the path of a folder beside the project. */
  readonly source: string;
  /** Paths are relative to that folder. */
  readonly hidden: readonly HiddenPath[];
  readonly cleaned: readonly CleanedFile[];
}

export interface HiddenPath {
  /** Relative to `mountRoot`; no component of it is a link. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  /**
   * `secret`: by its name, and git does not track these bytes; only these can be shown. `tool`: a folder of the user's
   * own tools. `target`: results of the host's own cargo, which no box needs. `repository`: beside what git needs. `special`: a socket, a pipe or a device.
   */
  readonly reason: 'secret' | 'tool' | 'target' | 'repository' | 'special';
}

export interface CleanedFile {
  readonly path: string;
  /** Its bytes, one a character. */
  readonly content: string;
  /** Names it among what was cleaned. */
  readonly sha256: string;
}

/** A folder beside the mounted one that a manifest names: visible in a box only when it was granted. */
export interface OutsideFolder {
  /** From the mounted folder: `../lib`. */
  readonly path: string;
  /** On the host: absolute, without links. */
  readonly folder: string;
  /** The first place that names it. */
  readonly where: Place;
  readonly granted: boolean;
}

export interface ManifestFacts {
  /** The folder of the Cargo.toml, relative to `mountRoot`; only in a granted outside folder it begins with `../`. */
  readonly folder: string;
  readonly packageName: string | null;
  readonly role: 'root' | 'member' | 'path-dependency';
  /** The parsed Cargo.toml: foreign data. */
  readonly content: TomlTable;
  readonly text: string;
}

export type TomlValue = string | number | bigint | boolean | Date | readonly TomlValue[] | TomlTable;
export interface TomlTable {
  readonly [key: string]: TomlValue;
}

export type LockfileFacts =
  | { readonly state: 'missing' }
  | { readonly state: 'present'; readonly text: string; readonly sha256: string };

/** The project's and the user's cargo configuration, read as data. */
export interface CargoConfigFacts {
  /** Merged `.cargo/config.toml` files from the start folder up to `mountRoot`, nearest wins. */
  readonly project: TomlTable;
  /** `config.toml` in the user's CARGO_HOME. */
  readonly user: TomlTable;
  /** The files of the project's part, relative to `mountRoot`. */
  readonly files: readonly string[];
}

export interface ToolchainFacts {
  /** As rustup names it: `stable-x86_64-unknown-linux-gnu`. */
  readonly name: string;
  /** The toolchain's folder on the host. */
  readonly path: string;
  /** Cargo's version: `1.95.0`. */
  readonly version: string;
  readonly host: string;
  /** sha256 of `lib/rustlib/multirust-channel-manifest.toml`. */
  readonly manifestSha256: string;
  /** Installed components as rustup lists them, sorted: `cargo-x86_64-unknown-linux-gnu`. */
  readonly components: readonly string[];
  /** Installed targets, sorted. */
  readonly targets: readonly string[];
  /** Why this one: `+TOOLCHAIN`, a file with its path, or rustup's default. */
  readonly reason: string;
}
