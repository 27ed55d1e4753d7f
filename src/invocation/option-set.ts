import type { CargoGlobalOption } from './cargo-options.ts';
import type { BoxOption } from './options.ts';
import type { OwnOption } from './own-commands.ts';

/** The options that are understood at one place of the command line. */
export interface OptionSet {
  readonly box: readonly BoxOption[];
  readonly cargo: readonly CargoGlobalOption[];
  readonly own: readonly OwnOption[];
  /** Options that stand in the place of a command: `--list`, `--explain CODE`. */
  readonly commands: readonly string[];
}
