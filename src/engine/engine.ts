import type { Readable, Writable } from 'node:stream';
import type { Result } from '../base/result.ts';
import type { BoxLimits, BoxPresents } from '../plan/box-plan.ts';

/** What holds the wall. An engine takes a complete box and knows nothing of how it came to be. */
export interface Engine {
  readonly name: 'bwrap' | 'docker';
  /** Whether it works here, and what it can hold. A failure says what is missing and how to get it. */
  check(): Promise<Result<EngineReport>>;
  /** Runs one box to its end. Nothing of it is left when this process ends, also when `signal` aborts the box. */
  run(box: ResolvedBox, streams: BoxStreams, signal: AbortSignal): Promise<Result<Outcome>>;
  /**
   * Takes away what boxes of killed commands left behind (groups, containers, scratch) and gives their ids. Cheap when
   * there is nothing; what cannot be asked now is left to the next command.
   */
  reap(): Promise<readonly string[]>;
  /** The box as a command for bash that does the same without us, quoted for copy and paste. */
  shellCommand(box: ResolvedBox): string;
}

export interface EngineReport {
  readonly engine: 'bwrap' | 'docker';
  readonly version: string;
  /** The program or socket used, an absolute path outside of any project. */
  readonly path: string;
  /** How it is set up, as far as a box depends on it: `rootless`, `userns-remap`, `Podman`. */
  readonly traits?: readonly string[];
  /** `host`: ids inside a box are those of this machine. `mapped`: the caller is an ordinary user inside. */
  readonly ids: 'host' | 'mapped';
  readonly enforces: ReadonlySet<Guarantee>;
  /** Why a guarantee is not held here, and the remedy. */
  readonly gaps: Readonly<Partial<Record<Guarantee, string>>>;
}
export type Guarantee =
  | 'read-only-project'
  | 'no-network'
  | 'memory-limit'
  | 'process-limit'
  | 'cpu-limit'
  | 'disk-limit'
  | 'open-files-limit'
  | 'seccomp'
  | 'user-namespace'
  | 'build-script-walls'
  | 'devices';

/** A box with every path resolved. */
export interface ResolvedBox {
  /** Unique for this run: names containers, cgroups and scratch folders. */
  readonly id: string;
  readonly root: PreparedRoot;
  readonly argv: readonly string[];
  readonly workingDirectory: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly mounts: readonly ResolvedMount[];
  readonly network: 'none' | 'host';
  /** Character devices of the host that stand at the same paths inside. */
  readonly devices: readonly string[];
  readonly limits: BoxLimits;
  readonly streams: 'pipes' | 'terminal' | 'direct';
  readonly presents?: BoxPresents;
  /** Owner of all that the box makes: the calling user. */
  readonly uid: number;
  readonly gid: number;
}

export type ResolvedMount =
  | {
      readonly kind: 'bind';
      readonly source: string;
      readonly target: string;
      readonly access: 'read-only' | 'read-write';
    }
  | { readonly kind: 'tmpfs'; readonly target: string; readonly sizeBytes: number | null };

/** A root file system that is ready: a folder for bwrap, an image for docker. */
export type PreparedRoot =
  /** `only`: the folders at its top that are the environment; what else lies there, but links, is somebody's own. */
  (
    | { readonly kind: 'directory'; readonly path: string; readonly only?: readonly string[] }
    | { readonly kind: 'image'; readonly id: string }
  ) & {
    /** What programs of the host need to be told to find their libraries in it. */
    readonly variables?: Readonly<Record<string, string>>;
  };

/** A root as it lies on this machine, and the sum that names it. */
export interface RootFolder {
  readonly path: string;
  readonly sha256: string;
}

/** `inherit`: the caller's own descriptor. A terminal box ignores these. */
export interface BoxStreams {
  readonly stdin: 'none' | 'inherit' | Readable;
  readonly stdout: 'inherit' | Writable;
  readonly stderr: 'inherit' | Writable;
}

/** How a box ended. Cargo failing is a finished box. */
export type Outcome =
  | { readonly kind: 'finished'; readonly status: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | {
      readonly kind: 'limit';
      readonly limit: keyof BoxLimits;
      readonly value: number;
      /** What earlier boxes have left reaches it: this one was not started. */
      readonly isOfEarlier?: true;
    }
  | { readonly kind: 'interrupted'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' }
  /** The engine or the box vanished: never a success. */
  | { readonly kind: 'lost'; readonly why: string };
