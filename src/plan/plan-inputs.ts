import type { Config } from '../config/config.ts';
import type { Facts } from '../facts/facts.ts';
import type { CommandClass } from '../invocation/invocation.ts';
import type { Pins } from '../lock/pins.ts';
import type { BeyondLockPlan } from './box-plan.ts';
import type { Trial } from './variations.ts';

/** All that the planner may look at. What is not in here cannot change the plan. */
export interface PlanInputs {
  readonly request: Request;
  readonly config: Config;
  readonly pins: Pins;
  readonly facts: Facts;
  /** Which engine `auto` came to. */
  readonly engine: 'bwrap' | 'docker';
  /** sha256 as hexadecimal text; given, since the planner itself imports nothing. */
  readonly hash: (text: string) => string;
}

/** What the box shall run. */
export interface Request {
  readonly class: CommandClass;
  /** cargo with its arguments (paths already translated), or any program for `exec` and `shell`. */
  readonly program: 'cargo' | 'other';
  readonly arguments: readonly string[];
  /** Of these what cargo itself reads; what it hands on to a program or a compiler is not in it. */
  readonly options: readonly string[];
  /**
   * `filtered`: cargo's own output. `program`: what runs inside owns the output: a terminal, or the bytes as they are.
   * `tests`: a terminal, or filtered.
   */
  readonly output: 'filtered' | 'program' | 'tests';
  readonly exports: boolean;
  /** `open`: the command may start a server that the configuration's ports lead to. */
  readonly ports: 'open' | 'closed';
  /** Host variables that pass by the table of names. */
  readonly variables: readonly PassingVariable[];
  /** A third-party subcommand of the user that is mounted alone: `cargo-nextest`. */
  readonly subcommandBinary: string | null;
  /** The mounted project has a folder `.git` at its root. */
  readonly gitFolder: boolean;
  /** Triples that are built for; empty: all. */
  readonly targets: readonly string[];
  /** Whether the command reads what the project depends on; what does not is not fetched for it. */
  readonly crates: 'needed' | 'not-needed';
  /** What the command line reaches beyond Cargo.lock. */
  readonly beyondLock: BeyondLockPlan;
  /** What of the user's own cargo configuration changes results, as text; empty when there is none. */
  readonly userConfiguration: string;
  /** `on`: the box notes what build scripts and the linker look for, to learn which layers they need. */
  readonly recording: 'on' | 'off';
  /** `null`: the one build that a person wants. */
  readonly trial: Trial | null;
  readonly lockfile: 'locked' | 'may-change';
  readonly offline: boolean;
}

export interface PassingVariable {
  readonly name: string;
  readonly value: string;
  readonly changesResult: boolean;
}
