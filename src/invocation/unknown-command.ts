import { nearest } from '../base/nearest.ts';
import { quoteShell } from '../base/quote-shell.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { Aliases } from './classify-command.ts';
import { cargoCommands } from './command-table.ts';
import { ownCommandNames } from './invocation.ts';

/** For a word that is no command, no alias, and no program `cargo-NAME` of the user; `installed` are these NAMEs. */
export function unknownCommand(name: string, aliases: Aliases = {}, installed: readonly string[] = []): Problem {
  const known = [
    ...cargoCommands.filter((entry) => !entry.name.startsWith('-')).map((entry) => entry.name),
    ...ownCommandNames,
    ...Object.keys(aliases),
    ...installed,
  ];
  const meant = nearest(name, known);
  const shown = printable(name, 60);
  return {
    code: 'no-such-command',
    what: `There is no command \`${shown}\``,
    why: `it is no command of cargo, no alias of this project, and no program \`cargo-${shown}\` is installed`,
    fix:
      meant === null
        ? 'Run `cargo-boxed --help` to see the commands.'
        : `Did you mean \`cargo-boxed ${quoteShell(meant)}\`?`,
  };
}
