import type { Transform } from 'node:stream';
import type { ExportReport } from '../customs/export-artifacts.ts';
import type { Outcome } from '../engine/engine.ts';
import type { Problem } from '../problem/problem.ts';
import type { PathMapping } from './path-mapping.ts';

/** Says what happens. Text for people goes to stderr; with `--json` each event is an object on a line of stderr. */
export interface Reporter {
  /** A step that takes time begins: `Preparing the root of Debian bookworm`. */
  step(text: string): void;
  /** How far the current step is; `fraction` from 0 to 1. */
  progress(text: string, fraction?: number): void;
  /** Something worth knowing that changes nothing. The same words are said once. */
  note(text: string): void;
  problems(problems: readonly Problem[]): void;
  /** How the box ended, when cargo's own words don't say it. */
  outcome(outcome: Outcome): void;
  exported(report: ExportReport): void;
  /** Where foreign output goes while a step runs: filtered, with these folders of a box shown as those of this machine. */
  foreignStream(paths: readonly PathMapping[]): {
    readonly stream: Transform;
    readonly color: boolean;
    readonly columns: number | null;
  };
  /** Takes everything that moves off the terminal: what runs now owns it. */
  pause(): void;
  readonly showsProgress: boolean;
  readonly output: ReportSettings['output'];
  /** Goes on as the settled configuration says; until then the options of the call decide alone. */
  adopt(settings: ReportSettings): void;
}

export interface ReportSettings {
  readonly output: 'text' | 'json';
  readonly verbosity: 'quiet' | 'normal' | 'verbose';
  readonly color: 'auto' | 'always' | 'never';
}
