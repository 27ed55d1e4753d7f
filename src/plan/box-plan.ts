/**
 * The whole decision as plain data: equal inputs give equal bytes. No clock, no random, no host path (a mount's source
 * is anchored), names of secrets and not their values. `build` runs exactly the value that `plan` prints.
 */
export interface BoxPlan {
  readonly version: 1;
  readonly engine: 'bwrap' | 'docker';
  readonly environment: EnvironmentPlan;
  readonly toolchain: ToolchainPlan;
  /** Hash over all that can change the result; names the target directory. */
  readonly identity: string;
  /** Name of the crate view: hash over what the fetch phase reads. `null` when the project has no dependencies to fetch. */
  readonly view: string | null;
  readonly fetch: FetchPlan;
  /** The box that runs cargo; `null` for `fetch` and for lock-writing commands. */
  readonly box: BoxStep | null;
  readonly exports: ExportPlan | null;
}

export type EnvironmentPlan =
  | {
      readonly kind: 'debian';
      readonly suite: string;
      readonly layers: readonly string[];
      readonly rootSha256: string;
      /** The root that packages were added to, with layers. */
      readonly baseSha256?: string;
    }
  | {
      readonly kind: 'image';
      readonly reference: string;
      readonly digest: string;
      /** Names of the layers that are installed on top of it; absent: none. */
      readonly layers?: readonly string[];
      /** Over the packages that are installed on top of it; absent: none. */
      readonly addedSha256?: string;
    }
  | {
      readonly kind: 'nix';
      /** The sum of the nixpkgs that it was made of. */
      readonly nixpkgs: string;
      readonly layers: readonly string[];
      /** The name of the environment in the store of Nix. */
      readonly environment: string;
    };

export type ToolchainPlan =
  | { readonly kind: 'host'; readonly name: string; readonly version: string; readonly manifestSha256: string }
  | { readonly kind: 'image' }
  /** Of the Nix environment: by rust-overlay, under this name in the store. */
  | { readonly kind: 'nix'; readonly name: string; readonly version: string; readonly output: string };

export interface FetchPlan {
  /** `missing` and `stale-allowed` let cargo write Cargo.lock, which then comes back; `locked` never. */
  readonly lockfile: 'locked' | 'may-change';
  readonly offline: boolean;
  /** `not-needed`: the command does not look at them, so nothing is fetched unless it is there already. */
  readonly crates: 'needed' | 'not-needed';
  /** Target triples whose dependencies are unpacked whole; others get a manifest and stubs. Empty: all. */
  readonly targets: readonly string[];
  readonly beyondLock: BeyondLockPlan;
  /** Of each run of cargo: a server may trickle for ever. */
  readonly limits: FetchLimits;
}

/** What can be held without knowing what a download needs: time and silence. */
export type FetchLimits = Pick<BoxLimits, 'wallClockMs' | 'silenceMs'>;

/** What a command line may bring in that Cargo.lock does not name. */
export interface BeyondLockPlan {
  /** Features of packages outside of the workspace: `--features DEP/FEATURE`. */
  readonly features: readonly { readonly dependency: string; readonly feature: string; readonly text: string }[];
  /** `build-std`: the crates of the toolchain's own library sources. */
  readonly standardLibrary: boolean;
}

/** One box: everything an engine needs to know but the host's own paths. */
export interface BoxStep {
  readonly argv: readonly string[];
  /** Absolute, inside. */
  readonly workingDirectory: string;
  /** The whole environment, sorted by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** Names of host variables that the configuration passes: their values may be secret, so the plan has none. */
  readonly passedVariables: readonly string[];
  readonly mounts: readonly Mount[];
  /** `null`: build scripts have the rights of the box and no wall of their own. */
  readonly buildScriptWalls: BuildScriptWalls | null;
  readonly network: 'none' | 'host';
  /** All that the box can reach beyond its own loopback. */
  readonly doors: readonly Door[];
  /** Ports of the box that the host's 127.0.0.1 leads to while it runs. Nothing in it can begin a connection there. */
  readonly ports: readonly number[];
  /** Devices of the host, by their paths, which are the same inside. */
  readonly devices: readonly string[];
  readonly limits: BoxLimits;
  /** What a box says of itself in the place of the usual; `userId` where ids inside are the box's own. */
  readonly presents?: BoxPresents;
  /** `pipes`: output is filtered. `terminal`: a real one. `direct`: the caller's own file descriptors, byte-exact. */
  readonly streams: 'pipes' | 'terminal' | 'direct';
}

export interface BoxPresents {
  readonly hostName?: string;
  readonly userId?: number;
}

/**
 * Each build script, with all that it starts, writes only its own: OUT_DIR, a folder for HOME and TMPDIR, and what is
 * named here. Where the kernel has Landlock.
 */
export interface BuildScriptWalls {
  /** Paths inside, sorted. */
  readonly writable: readonly string[];
  /** Where a package of the project may write too, as long as it lies there itself: a writable copy of the project. */
  readonly ownSources: readonly string[];
  /** Paths below which devices and other files that are there may be written, and nothing be made. */
  readonly devices: readonly string[];
  /** Crates whose OUT_DIR is made for being shared, sorted. */
  readonly sharedCrates: readonly string[];
  /** Packages whose scripts go without a wall, sorted. */
  readonly unwalled: readonly string[];
}

/** A way out to exactly one address. Its mounts are among the mounts. */
export type Door =
  | { readonly kind: 'unix'; readonly path: string }
  /** Inside, it is this port of 127.0.0.1. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export type Mount =
  | {
      readonly kind: 'bind';
      readonly source: AnchoredPath;
      readonly target: string;
      readonly access: 'read-only' | 'read-write';
    }
  | { readonly kind: 'tmpfs'; readonly target: string; readonly sizeBytes: number | null };

/** A path on the host, named by what it is: only the engine's edge turns it into a real one. */
export interface AnchoredPath {
  readonly anchor: Anchor;
  /** Relative, `/`-separated, no `..`; empty for the anchor itself. */
  readonly path: string;
}
export type Anchor =
  | 'project'
  | 'target'
  | 'view'
  | 'store'
  | 'toolchain'
  | 'cargo-bin'
  /** A copy of the project for one command, whose changed sources come back. */
  | 'scratch'
  /** A copy of the project that is kept beside the target, and never comes back. */
  | 'project-copy'
  /** An empty file and an empty folder, `file` and `folder`: what is covered by them is hidden. */
  | 'nothing'
  /** Files without what a box must not see, by their sha256. */
  | 'cleaned'
  /** The user's home, and the whole file system: only below them, and only what the configuration names. */
  | 'home'
  | 'filesystem'
  /** What makes the walls of build scripts: made for one root. */
  | 'walls'
  /** What shows a trial another time, order and number of processors: made for one root. */
  | 'variations'
  /** Where a box that learns notes what is looked for. */
  | 'record'
  /** What is around the project's mounted folder: only for granted folders beside it. */
  | 'beside'
  /** Sockets and program of the relays of one run. */
  | 'doors'
  | 'fetch-home'
  | 'skeleton'
  | 'certificates'
  | 'resolver';

/** `required`: it was asked for, so an engine that cannot hold it refuses. `default`: said by `status` and `doctor`. */
export interface BoxLimit {
  readonly value: number;
  readonly strength: 'default' | 'required';
}
export interface BoxLimits {
  readonly memoryBytes: BoxLimit | null;
  readonly processes: BoxLimit | null;
  readonly cpus: BoxLimit | null;
  readonly wallClockMs: BoxLimit | null;
  readonly silenceMs: BoxLimit | null;
  readonly diskBytes: BoxLimit | null;
  readonly openFiles: BoxLimit | null;
}

/** Nothing is limited: the box of the fetch phase, which runs nothing of a project. */
export const noLimits: BoxLimits = {
  memoryBytes: null,
  processes: null,
  cpus: null,
  wallClockMs: null,
  silenceMs: null,
  diskBytes: null,
  openFiles: null,
};

export interface ExportPlan {
  /** Below the target anchor, where cargo puts final artifacts. */
  readonly from: string;
  /** Folder of the export, below the workspace. */
  readonly to: string;
  /** `names`: a result that names this machine or its user stays where it is. */
  readonly check: 'none' | 'names';
}

/** Where things stand inside every box. One folder, so that a read-only root needs one mount point. */
export const inside = {
  base: '/box',
  project: '/box/project',
  /** Cargo's target directory (final artifacts) and build directory (intermediate files) lie below it. */
  target: '/box/target',
  targetDirectory: '/box/target/out',
  buildDirectory: '/box/target/build',
  cargoHome: '/box/cargo',
  crates: '/box/crates',
  store: '/box/store',
  toolchain: '/box/toolchain',
  home: '/box/home',
  bin: '/box/bin',
  doors: '/box/doors',
  wall: '/box/wall',
  variations: '/box/vary',
  record: '/box/record',
} as const;
