import { canonicalJson } from './base/canonical-json.ts';
import type { Result } from './base/result.ts';
import type { Answer } from './commands/answer.ts';
import { dispatch } from './commands/dispatch.ts';
import { openSession } from './commands/session.ts';
import { interruptedStatus } from './host/interruption.ts';
import { parseInvocation } from './invocation/parse-invocation.ts';
import { createReporter } from './report/create-reporter.ts';
import { exitCodeOfProblems } from './report/exit-code.ts';
import type { Reporter } from './report/reporter.ts';

/** argv in, exit code out: the only place that ends the process, and the only one that catches everything. */
async function main(argv: readonly string[]): Promise<number> {
  const invocation = await parseInvocation(argv);
  const flags = invocation.ok ? invocation.value.flags : { limits: [] };
  const reporter = openReporter(flags, argv);
  if (!invocation.ok) return end(reporter, invocation, false);
  const session = openSession(invocation.value, reporter);
  if (!session.ok) return end(reporter, session, false);
  try {
    const result = await dispatch(session.value);
    const status = end(reporter, result, flags.json === true);
    // A step that was cut short names what it could not do; the reason is the signal.
    return result.ok ? status : (interruptedStatus(session.value.interruption.signal) ?? status);
  } finally {
    session.value.interruption.stopListening();
  }
}

interface ReporterFlags {
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly color?: 'auto' | 'always' | 'never';
}

function openReporter(flags: ReporterFlags, argv: readonly string[]): Reporter {
  const { env, stderr } = process;
  const auto = stderr.isTTY === true && env.NO_COLOR === undefined;
  const color = flags.color ?? 'auto';
  return createReporter({
    output: flags.json === true || argv[0] === '--json' ? 'json' : 'text',
    verbosity: flags.quiet === true ? 'quiet' : flags.verbose === true ? 'verbose' : 'normal',
    color: color === 'always' || (color === 'auto' && auto),
    variables: env,
  });
}

function end(reporter: Reporter, result: Result<Answer>, asJson: boolean): number {
  if (!result.ok) {
    reporter.problems(result.problems);
    return exitCodeOfProblems(result.problems);
  }
  const { status, text, data } = result.value;
  if (asJson && data !== undefined) process.stdout.write(canonicalJson(data, 2));
  else if (text !== undefined) process.stdout.write(text);
  return status;
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (fault: unknown) => {
    const text = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
    process.stderr.write(`cargo-boxed: a fault of ours, please report it with what you ran\n${text}\n`);
    process.exitCode = 70;
  },
);
