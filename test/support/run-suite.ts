import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { together } from './halves/together.ts';
import type { Suite } from './suites.ts';

/** How one run of a suite ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names of what failed, for the summary. */
  readonly failures: readonly string[];
  readonly seconds: number;
  /** What stands at the top of its test files, with its time. */
  readonly times: readonly Time[];
}

export interface Time {
  readonly name: string;
  readonly seconds: number;
}

export interface SuiteRun {
  readonly files: readonly string[];
  /** The program and its first arguments that put the run into another identity; empty for our own. */
  readonly prefix: readonly string[];
  /** The Node to run with: the identity may not reach ours. */
  readonly node: string;
  readonly tree: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly limitMinutes: number;
  readonly concurrency: Suite['concurrency'];
  readonly countsFile: string;
}

const stillRunning = new Set<number>();

/** Ends what is running now with all its children; for a runner that is interrupted. */
export function stopSuites(): void {
  for (const processId of stillRunning) endGroup(processId);
}

function endGroup(processId: number): void {
  try {
    process.kill(-processId, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** All test files below a folder, sorted. Node 20 knows no globs. */
export function testFiles(folder: string, deep: boolean): readonly string[] {
  try {
    return readdirSync(folder, { recursive: deep, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Runs test files by node:test in a process group of their own, and ends the group at the time limit. */
export async function runSuite(run: SuiteRun): Promise<Counts> {
  const started = Date.now();
  const reporter = pathToFileURL(join(run.tree, 'test/support/count-reporter.mjs')).href;
  const { files, variables, concurrency } =
    run.concurrency === 'together' ? together(run.files) : { ...run, concurrency: run.concurrency, variables: {} };
  const argv = [
    ...run.prefix,
    run.node,
    ...['--import', 'tsx', '--test', `--test-concurrency=${concurrency}`],
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...[`--test-reporter=${reporter}`, `--test-reporter-destination=${run.countsFile}`],
    ...files,
  ];
  const end = await runProgram(argv, { ...run, variables: { ...run.variables, ...variables } });
  return { ...count(run.countsFile, end), seconds: (Date.now() - started) / 1000 };
}

interface End {
  readonly status: number | null;
  readonly timedOut: boolean;
}

/** Runs one program within the limit; its output is the caller's. */
export async function runProgram(
  argv: readonly string[],
  options: Pick<SuiteRun, 'tree' | 'variables' | 'limitMinutes'>,
): Promise<End> {
  const [program, ...rest] = argv;
  const child = spawn(program as string, rest, {
    cwd: options.tree,
    env: { ...options.variables },
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (child.pid === undefined) return { status: null, timedOut: false };
  const { pid } = child;
  stillRunning.add(pid);
  let timedOut = false;
  const limit = setTimeout(() => {
    timedOut = true;
    endGroup(pid);
  }, options.limitMinutes * 60_000);
  const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearTimeout(limit);
  endGroup(pid);
  stillRunning.delete(pid);
  return { status, timedOut };
}

function count(countsFile: string, end: End): Omit<Counts, 'seconds'> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  const times: Time[] = [];
  const fail = (name: string) => {
    counts.failed += 1;
    failures.push(name);
  };
  for (const line of resultLines(countsFile)) {
    const entry = JSON.parse(line) as { name: string; file: string } & (
      | { took: number }
      | { result: keyof typeof counts }
    );
    if ('took' in entry) times.push({ name: `${basename(entry.file)}: ${entry.name}`, seconds: entry.took / 1000 });
    else if (entry.result === 'failed') fail(entry.name);
    else counts[entry.result] += 1;
  }
  rmSync(countsFile, { force: true });
  if (end.timedOut) fail('the time limit of the suite');
  else if (counts.passed + counts.failed + counts.skipped === 0) fail('no test ran');
  else if (end.status !== 0 && counts.failed === 0) fail(`the runner ended with ${end.status}`);
  return { ...counts, failures, times };
}

/** The lines of results that are complete: a run that was killed may have been in the middle of one. */
function resultLines(countsFile: string): readonly string[] {
  try {
    return readFileSync(countsFile, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}
