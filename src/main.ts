import { canonicalJson } from './base/canonical-json.ts';
import { failure, type Result } from './base/result.ts';
import type { Answer } from './commands/answer.ts';
import { dispatch } from './commands/dispatch.ts';
import { openSession } from './commands/session.ts';
import { unexplainedStorage } from './customs/storage-problem.ts';
import { interruptedStatus } from './host/interruption.ts';
import { parseInvocation } from './invocation/parse-invocation.ts';
import type { Problem } from './problem/problem.ts';
import { createReporter } from './report/create-reporter.ts';
import { plainJson } from './report/events.ts';
import { exitCodeOfProblems } from './report/exit-code.ts';
import type { Reporter } from './report/reporter.ts';

/** argv in, exit code out: the only place that ends the process, and the only one that catches everything. */
async function main(argv: readonly string[]): Promise<number> {
  const invocation = await parseInvocation(argv);
  const flags = invocation.ok ? invocation.value.flags : { limits: [] };
  const reporter = openReporter(flags, argv);
  if (!invocation.ok) return end(reporter, invocation);
  const session = openSession(invocation.value, reporter);
  if (!session.ok) return end(reporter, session);
  try {
    const result = await dispatch(session.value);
    const { signal } = session.value.interruption;
    if (result.ok || !signal.aborted) return end(reporter, result);
    end(reporter, { ...result, problems: result.problems.map((problem) => cutShort(problem, signal.reason)) });
    return interruptedStatus(signal);
  } catch (error) {
    const problem = unexplainedStorage(error);
    if (problem === null) throw error;
    return end(reporter, failure(problem));
  } finally {
    session.value.interruption.stopListening();
  }
}

/** A step that was cut short names what it could not do. The reason is the signal, and there is nothing to mend. */
function cutShort({ fix: _fix, ...problem }: Problem, signal: unknown): Problem {
  return { ...problem, why: `it was interrupted by ${signal}` };
}

interface ReporterFlags {
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly color?: 'auto' | 'always' | 'never';
}

/** Until the configuration is settled, the options and variables of the call decide how things are said. */
function openReporter(flags: ReporterFlags, argv: readonly string[]): Reporter {
  const { env } = process;
  const isOn = (flag: true | undefined, name: string) => flag === true || env[name] === 'true' || env[name] === '1';
  const color = flags.color ?? env.CARGO_BOXED_COLOR;
  return createReporter({
    output: isOn(flags.json, 'CARGO_BOXED_JSON') || argv[0] === '--json' ? 'json' : 'text',
    verbosity: isOn(flags.quiet, 'CARGO_BOXED_QUIET')
      ? 'quiet'
      : isOn(flags.verbose, 'CARGO_BOXED_VERBOSE')
        ? 'verbose'
        : 'normal',
    color: color === 'always' || color === 'never' ? color : 'auto',
    variables: env,
  });
}

function end(reporter: Reporter, result: Result<Answer>): number {
  if (!result.ok) {
    reporter.problems(result.problems);
    return exitCodeOfProblems(result.problems);
  }
  const { status, text, data } = result.value;
  if (reporter.output === 'json' && data !== undefined) process.stdout.write(plainJson(canonicalJson(data, 2)));
  else if (text !== undefined) process.stdout.write(text);
  return status;
}

const report = (text: string) =>
  process.stderr.write(`cargo-boxed: a fault of ours, please report it with what you ran\n${text}\n`);

// Should there be nothing left to wait for before there is a result, then that is no success.
process.exitCode = 70;
const noResult = () => report('it ended without a result');
process.once('exit', noResult);

main(process.argv.slice(2))
  .then(
    (status) => {
      process.exitCode = status;
    },
    (fault: unknown) => report(fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)),
  )
  .finally(() => process.off('exit', noResult));
