import type { CommandClass } from './invocation.ts';

/** One of cargo's commands, as far as a box has to know it. */
export interface CommandEntry {
  readonly name: string;
  /** Cargo's own short forms. A user's alias may replace one of these, but no command. */
  readonly aliases: readonly string[];
  /**
   * `built-in`: part of cargo itself. `component`: a program of the toolchain (`cargo-clippy`), which cargo looks for
   * after the aliases: a project's alias `fmt` wins over it.
   */
  readonly origin: 'built-in' | 'component';
  readonly class: CommandClass;
  /**
   * `filtered`: what cargo and the compiler say, made safe line by line. `program`: a program of the project speaks,
   * with a terminal where there is one, byte-exact where there is none. `tests`: a terminal too, and without one made
   * safe, since what tests print ends up in the logs of CI services.
   */
  readonly output: 'filtered' | 'program' | 'tests';
  /** With this option nothing of the project is run, and the output is cargo's own. */
  readonly buildsOnly?: '--no-run';
  /** What a person looks for afterwards, and is exported. */
  readonly exports: 'nothing' | 'artifacts' | 'documentation' | 'packages';
  /** `open`: it may start a server of the project; only then do the configuration's ports lead into the box. */
  readonly ports?: 'open';
  readonly needsManifest: boolean;
  /**
   * Whether it reads what the project depends on. A command that surely does not is run without the fetch phase, as it
   * runs without a network on the host: words that make a command need none (`metadata --no-deps`), or need them after
   * all (`clean --package`).
   */
  readonly crates: 'needed' | 'not-needed' | { readonly unlessWith: string } | { readonly onlyWith: readonly string[] };
  /** One line for help and completions. */
  readonly summary: string;
  /** Of a class that is refused: why, and what to do instead. */
  readonly refusal?: Refusal;
}

export interface Refusal {
  readonly why: string;
  readonly fix: string;
}

const offline = {
  aliases: [],
  origin: 'built-in',
  class: 'offline',
  output: 'filtered',
  exports: 'nothing',
  needsManifest: true,
  crates: 'needed',
} as const;
const lockWriting = { ...offline, class: 'lock-writing' } as const;
const anywhere = { ...offline, needsManifest: false } as const;
const token = 'it uses your token for the registry, and tokens never meet the code of a project';
const credentialed = (instead: string, why: string = token) =>
  ({ ...anywhere, class: 'credentialed', refusal: { why, fix: instead } }) as const;
const unsupported = (why: string, fix: string) =>
  ({ ...anywhere, class: 'unsupported', refusal: { why, fix } }) as const;

/** All commands of cargo 1.95 to 1.100, sorted by name. */
export const cargoCommands: readonly CommandEntry[] = [
  { ...lockWriting, name: 'add', summary: 'Add dependencies to Cargo.toml' },
  { ...offline, name: 'bench', output: 'tests', buildsOnly: '--no-run', summary: 'Run the benchmarks' },
  { ...offline, name: 'build', aliases: ['b'], exports: 'artifacts', summary: 'Compile the current package' },
  { ...offline, name: 'check', aliases: ['c'], summary: 'Check for errors without building' },
  {
    ...offline,
    name: 'clean',
    crates: { onlyWith: ['-p', '--package'] },
    summary: 'Empty the target directory of the box',
  },
  { ...offline, name: 'clippy', origin: 'component', summary: 'Run the lints of clippy' },
  { ...anywhere, name: 'config', summary: 'Show configuration values as the box has them' },
  { ...offline, name: 'doc', aliases: ['d'], exports: 'documentation', summary: 'Build the documentation' },
  { ...offline, name: 'fetch', class: 'fetch', summary: 'Fetch and check the crates of Cargo.lock' },
  { ...offline, name: 'fix', class: 'source-writing', summary: 'Apply what the compiler suggests' },
  {
    ...offline,
    name: 'fmt',
    origin: 'component',
    class: 'source-writing',
    crates: 'not-needed',
    summary: 'Format the sources',
  },
  { ...lockWriting, name: 'generate-lockfile', summary: 'Write Cargo.lock anew' },
  { ...anywhere, name: 'git-checkout', summary: 'Removed from cargo' },
  { ...anywhere, name: 'help', summary: 'Show the help of a cargo command' },
  { ...lockWriting, needsManifest: false, name: 'info', summary: 'Show what the registry says of a package' },
  { ...anywhere, name: 'init', class: 'creating', summary: 'Make a package in an existing folder' },
  {
    ...unsupported(
      'it builds what no Cargo.lock of a project pins, for the folder of your own programs',
      'Run `cargo-boxed build --release` in its source: the program is then in target/boxed/release.',
    ),
    name: 'install',
    summary: 'Build and install a program',
  },
  { ...offline, name: 'locate-project', crates: 'not-needed', summary: 'Show where Cargo.toml is' },
  { ...credentialed('Run `cargo login` yourself, outside of any project.'), name: 'login', summary: 'Store a token' },
  {
    ...credentialed('Run `cargo logout` yourself, outside of any project.'),
    name: 'logout',
    summary: 'Forget a token',
  },
  {
    ...offline,
    name: 'metadata',
    crates: { unlessWith: '--no-deps' },
    summary: 'Show the packages and what they depend on, as JSON',
  },
  { ...offline, name: 'miri', origin: 'component', output: 'program', summary: 'Run in an interpreter' },
  { ...anywhere, name: 'new', class: 'creating', summary: 'Make a package in a new folder' },
  {
    ...credentialed('Run `cargo owner` yourself with the crate named, outside of any project.'),
    name: 'owner',
    summary: 'Manage who owns a crate',
  },
  { ...offline, name: 'package', exports: 'packages', summary: 'Make the archive that would be published' },
  { ...offline, name: 'pkgid', summary: 'Show the full name of a package' },
  {
    ...credentialed(
      'Check it with `cargo-boxed package`; then publish with `cargo publish --no-verify`, from a checkout that you trust.',
    ),
    name: 'publish',
    summary: 'Upload a package',
  },
  { ...offline, name: 'read-manifest', crates: 'not-needed', summary: 'Show Cargo.toml as JSON' },
  { ...lockWriting, name: 'remove', aliases: ['rm'], summary: 'Remove dependencies from Cargo.toml' },
  { ...offline, name: 'report', summary: 'Show reports on the last builds' },
  { ...offline, name: 'run', aliases: ['r'], output: 'program', ports: 'open', summary: 'Run a program or an example' },
  { ...offline, name: 'rustc', exports: 'artifacts', summary: 'Compile with more options for the compiler' },
  { ...offline, name: 'rustdoc', exports: 'documentation', summary: 'Document with more options for rustdoc' },
  {
    ...credentialed(
      "Run `cargo search` yourself, outside of any project, or look at the registry's web page.",
      'it asks the registry, with your token where that wants one, and has nothing to do with the project',
    ),
    name: 'search',
    summary: 'Search the registry',
  },
  { ...offline, name: 'test', aliases: ['t'], output: 'tests', buildsOnly: '--no-run', summary: 'Run the tests' },
  { ...offline, name: 'tree', summary: 'Show the tree of dependencies' },
  {
    ...unsupported('it changes the folder of your own programs', 'Run `cargo uninstall` yourself.'),
    name: 'uninstall',
    summary: 'Remove an installed program',
  },
  { ...lockWriting, name: 'update', summary: 'Update Cargo.lock' },
  {
    ...unsupported(
      'the crates come to the box checked and read-only, without a copy in the project',
      'Run `cargo-boxed fetch` to have them; a project that is vendored already builds as it is.',
    ),
    name: 'vendor',
    summary: 'Copy all dependencies into the project',
  },
  { ...offline, name: 'verify-project', crates: 'not-needed', summary: 'Check Cargo.toml' },
  { ...anywhere, name: 'version', summary: 'Show the version of cargo' },
  {
    ...credentialed('Run `cargo yank` yourself with the crate named, outside of any project.'),
    name: 'yank',
    summary: 'Withdraw a version',
  },
  { ...anywhere, name: '--explain', summary: 'Explain an error code of the compiler' },
  { ...anywhere, name: '--list', summary: 'List the commands of cargo in the box' },
];

/** Whether a command with these words, its own options, reads what the project depends on. */
export function needsCrates(entry: CommandEntry | null, options: readonly string[]): boolean {
  const crates = entry?.crates ?? 'needed';
  if (typeof crates === 'string') return crates === 'needed';
  if ('unlessWith' in crates) return !options.includes(crates.unlessWith);
  return options.some((option) => crates.onlyWith.some((word) => option.startsWith(word)));
}

/** The command of that name or, without a user's alias of that name, of that short form. */
export function findCargoCommand(name: string): CommandEntry | null {
  return cargoCommands.find((entry) => entry.name === name || entry.aliases.includes(name)) ?? null;
}
