import type { Outcome } from '../engine/engine.ts';
import { printable } from '../problem/problem.ts';
import { type BoxEvent, eventLine } from './events.ts';
import { filterTerminal } from './filter-terminal.ts';
import { movingLine } from './moving-line.ts';
import { guardCommands, isContinuousIntegration } from './neutralise-commands.ts';
import type { Reporter, ReportSettings } from './reporter.ts';
import { outcomeSentence } from './show-outcome.ts';
import { problemText } from './show-problem.ts';
import { surviveClosedOutput } from './survive-closed-output.ts';
import { wrapOutput } from './wrap-output.ts';

export interface ReporterOptions extends ReportSettings {
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** A reporter for one way of reporting. */
type Voice = Omit<Reporter, 'adopt' | 'output'>;

/** The reporter for our own stderr. Call it once: it also makes both outputs survive a reader that goes away. */
export function createReporter(options: ReporterOptions): Reporter {
  surviveClosedOutput(process.stdout);
  surviveClosedOutput(process.stderr);
  let settings: ReportSettings = options;
  const said = new Set<string>();
  let voice = voiceFor(settings, options.variables);
  return {
    step: (text) => voice.step(text),
    progress: (text, fraction) => voice.progress(text, fraction),
    note: (text) => {
      if (said.has(text)) return;
      said.add(text);
      voice.note(text);
    },
    problems: (problems) => voice.problems(problems),
    outcome: (outcome) => voice.outcome(outcome),
    exported: (report) => voice.exported(report),
    foreignStream: (paths) => voice.foreignStream(paths),
    pause: () => voice.pause(),
    get showsProgress() {
      return voice.showsProgress;
    },
    get output() {
      return settings.output;
    },
    adopt: (wanted) => {
      if (isSame(wanted, settings)) return;
      voice.pause();
      settings = wanted;
      voice = voiceFor(settings, options.variables);
    },
  };
}

function isSame(left: ReportSettings, right: ReportSettings): boolean {
  return left.output === right.output && left.verbosity === right.verbosity && left.color === right.color;
}

function voiceFor(settings: ReportSettings, variables: ReporterOptions['variables']): Voice {
  if (settings.output === 'json') return jsonReporter(process.stderr);
  const auto = process.stderr.isTTY === true && variables.NO_COLOR === undefined;
  const color = settings.color === 'always' || (settings.color === 'auto' && auto);
  return textReporter({ verbosity: settings.verbosity, color, variables }, process.stderr);
}

export interface TextOptions {
  readonly verbosity: ReportSettings['verbosity'];
  readonly color: boolean;
  readonly variables: ReporterOptions['variables'];
}

export function jsonReporter(stream: NodeJS.WritableStream): Voice {
  const tell = (event: BoxEvent) => void stream.write(eventLine(event));
  return {
    step: (text) => tell({ event: 'step', text }),
    progress: (text, fraction) => tell({ event: 'progress', text, ...(fraction === undefined ? {} : { fraction }) }),
    note: (text) => tell({ event: 'note', text }),
    problems: (problems) => {
      for (const problem of problems) tell({ event: 'problem', problem });
    },
    outcome: (outcome) => tell({ event: 'outcome', outcome, ...sentence(outcome) }),
    exported: (report) => tell({ event: 'exported', folder: report.folder, files: report.exported }),
    foreignStream: (paths) => {
      const filter = filterTerminal({ commands: 'keep', paths });
      filter.pipe(wrapOutput()).pipe(stream, { end: false });
      return { stream: filter, color: false, columns: null };
    },
    pause: () => undefined,
    showsProgress: false,
  };
}

export function textReporter(options: TextOptions, stream: NodeJS.WritableStream): Voice {
  const isQuiet = options.verbosity === 'quiet';
  const isInCi = isContinuousIntegration(options.variables);
  const terminal = (stream as NodeJS.WriteStream).isTTY === true ? (stream as NodeJS.WriteStream) : null;
  const moving = terminal === null || isQuiet || columnsOf(terminal) < narrowest ? null : movingLine(terminal);
  const write = (text: string) => {
    moving?.hide();
    stream.write(isInCi ? marked(text) : text);
  };
  const status = (text: string) => write(`${statusLine(safeText(text), options.color)}\n`);
  return {
    step: (text) => {
      if (!isQuiet) status(text);
    },
    progress: (text, fraction) => {
      if (moving !== null) moving.show(fraction === undefined ? text : `${text} ${percent(fraction)}`);
      else if (options.verbosity === 'verbose') status(text);
    },
    note: (text) => {
      if (!isQuiet) write(`${options.color ? '\u001b[1;36mnote\u001b[0m' : 'note'}: ${safeText(text)}\n`);
    },
    problems: (problems) => {
      for (const problem of problems) write(problemText(problem, options.color));
    },
    outcome: (outcome) => {
      if (outcome.kind !== 'finished') write(`${outcomeSentence(outcome, options.color)}\n`);
    },
    exported: ({ exported, folder }) => {
      if (!isQuiet && exported.some(({ state }) => state === 'written'))
        status(`Exported to ${printable(folder, longestPath)}`);
    },
    foreignStream: (paths) => {
      moving?.hide();
      const filter = filterTerminal({ commands: isInCi ? 'mark' : 'keep', paths });
      filter.pipe(stream, { end: false });
      return { stream: filter, color: options.color, columns: terminal === null ? null : columnsOf(terminal) };
    },
    pause: () => moving?.hide(),
    showsProgress: moving !== null,
  };
}

/** Below this nothing moves: a line that wraps cannot be taken back. Some terminals say that they have 0 columns. */
const narrowest = 20;

function columnsOf(terminal: NodeJS.WriteStream): number {
  return terminal.columns ?? 80;
}

/** Our own lines name foreign files, and a name can hold a command. */
function marked(text: string): string {
  const guard = guardCommands();
  return guard.text(text) + guard.end();
}

const longestPath = 4096;
const longestLine = 16 * 1024;

/** Notes and steps are made of safe text already; a second look forgives a slip. */
function safeText(text: string): string {
  const lines = text.split('\n').map((line) => printable(line, longestLine));
  return lines.join('\n');
}

/** Cargo's own look: a verb in a column of its own, then what it is about. */
function statusLine(text: string, color: boolean): string {
  const [verb = '', ...rest] = text.split(' ');
  const column = verb.padStart(12);
  return `${color ? `\u001b[1;32m${column}\u001b[0m` : column} ${rest.join(' ')}`;
}

function percent(fraction: number): string {
  return `${Math.floor(Math.max(0, Math.min(1, fraction)) * 100)} %`;
}

function sentence(outcome: Outcome): { text?: string } {
  return outcome.kind === 'finished' ? {} : { text: outcomeSentence(outcome, false) };
}
