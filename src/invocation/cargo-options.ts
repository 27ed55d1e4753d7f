/** Options of cargo, as far as they must be understood: what takes a value, and what stands before the command. */
export interface CargoGlobalOption {
  readonly long: string | null;
  readonly short: string | null;
  readonly placeholder: string | null;
  /** Inside `cargo-boxed [BOX OPTIONS] …` the box has an option of the same name, which is then meant. */
  readonly alsoOfTheBox: boolean;
}

export const cargoGlobalOptions: readonly CargoGlobalOption[] = [
  { long: '--locked', short: null, placeholder: null, alsoOfTheBox: false },
  { long: '--offline', short: null, placeholder: null, alsoOfTheBox: false },
  { long: '--frozen', short: null, placeholder: null, alsoOfTheBox: false },
  { long: null, short: '-Z', placeholder: 'FLAG', alsoOfTheBox: false },
  { long: '--config', short: null, placeholder: 'KEY=VALUE|PATH', alsoOfTheBox: true },
  { long: '--color', short: null, placeholder: 'WHEN', alsoOfTheBox: true },
  { long: '--quiet', short: '-q', placeholder: null, alsoOfTheBox: true },
  { long: '--verbose', short: '-v', placeholder: null, alsoOfTheBox: true },
];

/**
 * Options that take the place of a command. They are kept as the command's name, so that the command line
 * stays `cargo`, global options, name, arguments.
 */
export const cargoCommandOptions: readonly string[] = ['--list', '--explain'];

/**
 * Options of cargo's own commands whose value is the next argument. Needed where the first word without a dash ends
 * cargo's part of the line (`cargo run`): the value of an option is no such word.
 */
export const cargoValueOptions: ReadonlySet<string> = new Set([
  ...['-p', '--package', '--exclude', '--bin', '--example', '--test', '--bench', '-F', '--features'],
  ...['-j', '--jobs', '--profile', '--target', '--target-dir', '--artifact-dir', '--out-dir'],
  ...['--manifest-path', '-m', '--lockfile-path', '--message-format', '--color', '--config', '-Z'],
  ...['--print', '--crate-type', '--output-format', '--vcs', '--edition', '--name', '--registry', '--index'],
]);

/** What people write most after a cargo command, for the shells to complete. */
export const commonCargoOptions: readonly string[] = [
  ...['--release', '--package', '--workspace', '--exclude', '--features', '--all-features', '--no-default-features'],
  ...['--bin', '--lib', '--example', '--test', '--all-targets', '--target', '--profile', '--jobs'],
  ...['--manifest-path', '--locked', '--offline', '--frozen', '--message-format', '--verbose', '--quiet', '--help'],
];
