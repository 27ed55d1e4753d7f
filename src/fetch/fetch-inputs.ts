import type { Result } from '../base/result.ts';
import type { BoxStreams, Outcome, PreparedRoot, ResolvedBox } from '../engine/engine.ts';
import type { Facts } from '../facts/facts.ts';
import type { Locations } from '../host/locations.ts';
import type { ExtraCrate } from '../lock/pins.ts';
import type { FetchLimits } from '../plan/box-plan.ts';
import type { ExtraFeature } from './extra-features.ts';

/** What the fetch room needs of the others: an engine and a root are only asked for when there is something to fetch. */
export interface FetchInputs {
  readonly facts: Facts;
  readonly locations: Locations;
  /** Our own Debian base, never what the project chose. */
  readonly root: () => Promise<Result<PreparedRoot>>;
  readonly runBox: RunBox;
  /** Where its boxes have their CARGO_HOME: a `secretCargoHome`. */
  readonly cargoHome: string;
  readonly lockfile: 'locked' | 'may-change';
  readonly offline: boolean;
  /** `not-needed`: a view from before is given, or an empty one. Needed unless given. */
  readonly crates?: 'needed' | 'not-needed';
  /** Triples whose crates are unpacked whole (`wantedTargets`); others get a manifest and stubs. All unless given. */
  readonly targets?: readonly string[];
  /** What the command line may reach beyond Cargo.lock; nothing unless given. */
  readonly beyondLock?: BeyondLock;
  /** None unless given. */
  readonly limits?: FetchLimits;
  readonly progress: FetchProgress;
  readonly signal: AbortSignal;
}

export interface BeyondLock {
  /** Features of packages outside of the workspace: `extraFeatures` finds them. */
  readonly features: readonly ExtraFeature[];
  /** Crates that `cargo-boxed.lock` records for them. */
  readonly recorded: readonly ExtraCrate[];
  /** `--pinned`: crates that are not recorded are refused. */
  readonly pinned: boolean;
  /** `build-std`: the crates of the toolchain's own library sources. */
  readonly standardLibrary: boolean;
}
export const nothingBeyondLock: BeyondLock = { features: [], recorded: [], pinned: false, standardLibrary: false };

export type RunBox = (box: ResolvedBox, streams: BoxStreams, signal: AbortSignal) => Promise<Result<Outcome>>;

export interface FetchProgress {
  /** Gets cargo's own messages. */
  readonly stream: NodeJS.WritableStream;
  readonly color: boolean;
  /** Columns of the terminal behind it, `null` when it is none. */
  readonly columns: number | null;
}
