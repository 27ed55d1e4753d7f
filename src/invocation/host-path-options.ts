import { findCargoCommand, type Refusal } from './command-table.ts';

/**
 * An option of a cargo command whose value is a path of the host, or that acts on the host. The value is translated to
 * where the same file stands in the box, or refused with a reason: a box never looks at a path of the host by chance.
 *
 * Not here: `-C`, which cargo wants before its command, where it is an option of the box; `--root`, `--path` of
 * `install` and `--sync` of `vendor`, since those commands are refused as a whole.
 */
export interface HostPathOption {
  readonly long: string;
  readonly short: string | null;
  /** `every`: third-party subcommands too, which hand these options on to cargo. */
  readonly commands: 'every' | 'known' | readonly string[];
  readonly meaning: PathMeaning;
  readonly refusal?: Refusal;
}

/**
 * `manifest`, `input`: a file or folder of the project, read or written there. `config`: a file, if there is one of
 * that name, else KEY=VALUE (cargo's rule). `export`: where results are to be found. `refused`: not in a box; `switch`:
 * the same for an option without a value. `package`: a name mostly, or the ID that cargo's messages give a package, with its folder.
 */
export type PathMeaning = 'manifest' | 'package' | 'input' | 'config' | 'export' | 'refused' | 'refused-switch';

export const hostPathOptions: readonly HostPathOption[] = [
  { long: '--manifest-path', short: null, commands: 'every', meaning: 'manifest' },
  // `-m` came with cargo 1.97; a third-party subcommand may mean something else by it.
  { long: '--manifest-path', short: '-m', commands: 'known', meaning: 'manifest' },
  { long: '--config', short: null, commands: 'every', meaning: 'config' },
  { long: '--package', short: '-p', commands: 'known', meaning: 'package' },
  { long: '--exclude', short: null, commands: 'known', meaning: 'package' },
  { long: '--path', short: null, commands: ['add'], meaning: 'input' },
  {
    long: '--target-dir',
    short: null,
    commands: ['clean'],
    meaning: 'refused',
    refusal: {
      why: 'the target directory of the box is in the cache, and that is the one that is emptied',
      fix: 'Leave `--target-dir` out. What was exported to a folder of yours, delete yourself.',
    },
  },
  { long: '--target-dir', short: null, commands: 'every', meaning: 'export' },
  ...['--artifact-dir', '--out-dir'].map(
    (long): HostPathOption => ({
      long,
      short: null,
      commands: 'known',
      meaning: 'refused',
      refusal: {
        why: 'the box writes into its target directory and nowhere else',
        fix: 'Take the results from target/boxed, or name the folder for them with `--target-dir DIR`.',
      },
    }),
  ),
  {
    long: '--lockfile-path',
    short: null,
    commands: 'known',
    meaning: 'refused',
    refusal: {
      why: "the crates that the box may use are those of the workspace's own Cargo.lock",
      fix: 'Leave `--lockfile-path` out, or run in a copy of the workspace that has the other lock.',
    },
  },
  {
    long: '--open',
    short: null,
    commands: ['doc', 'rustdoc'],
    meaning: 'refused-switch',
    refusal: {
      why: 'the box has no browser, and a page made by foreign code should not open by itself',
      fix: 'Leave `--open` out; the pages are in target/boxed/doc.',
    },
  },
];

/** Commands whose first word without a dash, if that is a path of the host. */
export const pathOperandCommands: readonly string[] = ['new', 'init'];

/** Commands that hand everything from the first word without a dash on to a program or to the compiler. */
export const trailingCommands: readonly string[] = ['run', 'rustc', 'rustdoc'];

/** Commands whose first word without a dash is one of cargo's commands, with the words after it: `miri run`. */
export const nestingCommands: readonly string[] = ['miri'];

export function hostPathOptionsOf(command: string): readonly HostPathOption[] {
  const known = findCargoCommand(command) !== null;
  return hostPathOptions.filter(({ commands }) => {
    if (commands === 'every') return true;
    return commands === 'known' ? known : commands.includes(command);
  });
}
