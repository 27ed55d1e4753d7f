import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { TestContext } from 'node:test';

/** The repository that is tested. */
export const tree = resolve(import.meta.dirname ?? '.', '../..');
/** The bundle that users run. */
export const commandLine = join(tree, 'dist/cargo-boxed.cjs');

/** The engine that this run of the suite is about. */
export const engine: 'bwrap' | 'docker' = process.env.CARGO_BOXED_TEST_ENGINE === 'docker' ? 'docker' : 'bwrap';
/** Who runs the suite. */
export const identity: 'root' | 'user' = process.getuid?.() === 0 ? 'root' : 'user';

/**
 * What the tool keeps, shared by the tests of one run so that a root is made once. Outside of `npm test` it stays from
 * one run to the next: a developer who runs one file again must not wait for Debian.
 */
export const sharedHome = process.env.CARGO_BOXED_TEST_HOME ?? join(homedir(), '.cache/cargo-boxed-tests/home');

export interface RunOptions {
  /** Added to the clean environment; `undefined` takes a variable out of it. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  readonly limitSeconds?: number;
  /** Called with the process when it has started: to interrupt it. */
  readonly onStart?: (process: RunningCommand) => void;
  /** The program in front: `strace`, `script`; our command line follows it. */
  readonly prefix?: readonly string[];
  readonly currentFolder?: string;
}

export interface RunningCommand {
  readonly processId: number;
  kill(signal: NodeJS.Signals): void;
  /** What it has written to stderr so far. */
  stderr(): string;
}

export interface Ended {
  /** `null`: ended by `signal`. */
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
  readonly milliseconds: number;
  /** Both streams, for messages of failed assertions. */
  readonly text: string;
}

/** A project in a temporary folder, and the command line to run in it. */
export interface Project {
  readonly folder: string;
  path(...parts: readonly string[]): string;
  write(file: string, text: string | Uint8Array): void;
  read(file: string): string;
  /** Runs `cargo-boxed` with these arguments in the project. */
  boxed(programArguments: readonly string[], options?: RunOptions): Promise<Ended>;
}

/** An empty folder that goes away with the test, whatever the test left in it. */
export function temporaryFolder(context: TestContext, name = 'test'): string {
  const folder = mkdtempSync(join(tmpdir(), `cargo-boxed-${name}-`));
  context.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** A project from the text of its files. */
export function project(context: TestContext, files: Readonly<Record<string, string>>, name = 'project'): Project {
  const made = projectIn(join(temporaryFolder(context), name));
  for (const [file, text] of Object.entries(files)) made.write(file, text);
  return made;
}

/** A copy of `test/fixtures/projects/<name>`. */
export function fixture(context: TestContext, name: string): Project {
  const made = projectIn(join(temporaryFolder(context, name), name));
  cpSync(join(tree, 'test/fixtures/projects', name), made.folder, { recursive: true });
  return made;
}

export function projectIn(folder: string): Project {
  mkdirSync(folder, { recursive: true });
  const path = (...parts: readonly string[]) => join(folder, ...parts);
  return {
    folder,
    path,
    write(file, text) {
      mkdirSync(dirname(path(file)), { recursive: true });
      writeFileSync(path(file), text);
    },
    read: (file) => readFileSync(path(file), 'utf8'),
    boxed: (programArguments, options) => boxed(programArguments, { currentFolder: folder, ...options }),
  };
}

/** A program of one file, without dependencies. */
export function plainProgram(name: string, main: string): Record<string, string> {
  return {
    'Cargo.toml': `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n`,
    'Cargo.lock': `version = 4\n\n[[package]]\nname = "${name}"\nversion = "0.1.0"\n`,
    'src/main.rs': main,
  };
}

/** The environment of a person who has node, rustup and one engine: nothing else of ours leaks in. */
export function cleanVariables(): Record<string, string> {
  const passed =
    /^(PATH|TERM|LANG|TMPDIR|DOCKER_HOST|RUSTUP_HOME|CARGO_HOME|USER|LOGNAME|.*_(proxy|PROXY)|.*_CA_?(BUNDLE|INFO)|SSL_CERT_(FILE|DIR)|CARGO_HTTP_.*)$/;
  const kept = Object.entries(process.env).filter((entry): entry is [string, string] => passed.test(entry[0]));
  return {
    HOME: homedir(),
    RUSTUP_HOME: join(homedir(), '.rustup'),
    ...Object.fromEntries(kept),
    CARGO_BOXED_HOME: sharedHome,
    CARGO_BOXED_ENGINE: engine,
  };
}

/** Runs the built command line to its end. Fails when it takes longer than the limit. */
export function boxed(programArguments: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const argv = [...(options.prefix ?? []), process.execPath, commandLine, ...programArguments];
  return run(argv, { ...options, variables: { ...cleanVariables(), ...options.variables } });
}

/** Runs any program with exactly these variables. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { limitSeconds = 180 } = options;
  const variables = Object.fromEntries(
    Object.entries(options.variables ?? cleanVariables()).filter((entry) => entry[1] !== undefined),
  );
  const started = performance.now();
  return new Promise((done, fail) => {
    const child = spawn(argv[0] as string, argv.slice(1), {
      cwd: options.currentFolder,
      env: variables,
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('utf8');
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.stdin);
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new Error(`${argv.join(' ')} took more than ${limitSeconds} s\n${text(out)}\n${text(err)}`));
    }, limitSeconds * 1000);
    child.once('error', fail);
    child.once('close', (status, signal) => {
      clearTimeout(limit);
      const ended = { stdout: text(out), stdoutBytes: Buffer.concat(out), stderr: text(err) };
      const milliseconds = performance.now() - started;
      const all = `exit ${status ?? signal}\n--- stdout\n${ended.stdout}\n--- stderr\n${ended.stderr}`;
      done({ status, signal, ...ended, milliseconds, text: all });
    });
    if (child.pid !== undefined) {
      options.onStart?.({
        processId: child.pid,
        kill: (signal) => void child.kill(signal),
        stderr: () => text(err),
      });
    }
  });
}
