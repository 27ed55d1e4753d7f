import type { Outcome } from '../engine/engine.ts';
import { filterTerminal } from './filter-terminal.ts';
import type { Reporter } from './reporter.ts';
import { outcomeSentence } from './show-outcome.ts';
import { problemText } from './show-problem.ts';

export interface ReporterOptions {
  readonly output: 'text' | 'json';
  readonly verbosity: 'quiet' | 'normal' | 'verbose';
  readonly color: boolean;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export function createReporter(options: ReporterOptions): Reporter {
  const isTerminal = process.stderr.isTTY === true;
  const quiet = options.verbosity === 'quiet';
  const write = (text: string) => process.stderr.write(text);
  const event = (name: string, data: object) => write(`${JSON.stringify({ event: name, ...data })}\n`);
  const json = options.output === 'json';
  const verb = (word: string) => (options.color ? `\u001b[1;32m${word.padStart(12)}\u001b[0m` : word.padStart(12));
  const line = (text: string) => {
    const [first = '', ...rest] = text.split(' ');
    write(`${verb(first)} ${rest.join(' ')}\n`);
  };
  return {
    step: (text) => (json ? event('step', { text }) : quiet ? undefined : line(text)),
    progress: (text, fraction) => {
      if (json) event('progress', { text, fraction });
      else if (options.verbosity === 'verbose') line(text);
    },
    note: (text) => (json ? event('note', { text }) : quiet ? undefined : write(`note: ${text}\n`)),
    problems: (problems) => {
      for (const problem of problems) json ? event('problem', { problem }) : write(problemText(problem, options.color));
    },
    outcome: (outcome: Outcome) => {
      if (json) event('outcome', { outcome });
      else if (outcome.kind !== 'finished') write(`${outcomeSentence(outcome)}\n`);
    },
    exported: (report) => {
      if (json) event('exported', { folder: report.folder, files: report.exported });
      else if (!quiet && report.exported.some(({ state }) => state === 'written')) line(`Exported to ${report.folder}`);
    },
    foreignStream: () => {
      const stream = filterTerminal({ variables: options.variables, terminal: isTerminal });
      stream.pipe(process.stderr, { end: false });
      return { stream, color: options.color, columns: isTerminal ? (process.stderr.columns ?? 80) : null };
    },
    pause: () => undefined,
    showsProgress: isTerminal && !quiet && !json,
  };
}
