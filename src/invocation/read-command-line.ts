import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import { cargoCommandOptions, cargoGlobalOptions } from './cargo-options.ts';
import type { CargoCommand, Invocation } from './invocation.ts';
import type { OptionSet } from './option-set.ts';
import { boxOptions } from './options.ts';
import { findOwnCommand, type OwnCommandDefinition } from './own-commands.ts';
import { type OptionsRead, readOptions } from './read-options.ts';
import { mergeFlags, ownCommand, readOwnCommand } from './read-own-command.ts';
import { takeToolchain } from './read-toolchain.ts';
import { usage } from './usage-problems.ts';

/** Before COMMAND: the box's options, and those of cargo that the box has not taken the name of. */
const leadingOptions: OptionSet = {
  box: boxOptions,
  cargo: cargoGlobalOptions.filter((option) => !option.alsoOfTheBox),
  own: [],
  commands: cargoCommandOptions,
};

/** After the word `cargo` every option is cargo's; `-C` is the same for both. */
const optionsAfterCargo: OptionSet = {
  box: boxOptions.filter((option) => option.field === 'directory'),
  cargo: cargoGlobalOptions,
  own: [],
  commands: cargoCommandOptions,
};

/** Reads the whole command line but for a `+TOOLCHAIN` at its start. */
export function readCommandLine(argv: readonly string[], toolchain: string | null): Result<Invocation> {
  const read = readOptions(argv, leadingOptions, 'first-word');
  if (!read.ok) return read;
  const invocation = readCommand(read.value, toolchain);
  if (!invocation.ok) return invocation;
  const { flags } = invocation.value;
  if (flags.quiet && flags.verbose) {
    return failure(usage('`--quiet` and `--verbose` were both given', 'Leave one of them out.'));
  }
  return invocation;
}

/** What the words after the leading options ask for. */
function readCommand(read: OptionsRead, toolchain: string | null): Result<Invocation> {
  const { flags, globalArguments, words } = read;
  if (read.asks !== null) return success({ toolchain, flags, command: ownCommand(read.asks) });
  if (read.command !== null) {
    return success({ toolchain, flags, command: cargoCommand([...read.command, ...words], globalArguments) });
  }
  const [first, ...rest] = words;
  if (first === undefined) {
    // `cargo -Z help` is a command of cargo's in all but name.
    const command = globalArguments.length > 0 ? cargoCommand(['help'], globalArguments) : ownCommand('help');
    return success({ toolchain, flags, command });
  }
  if (first === '' || first === '-') {
    return failure(usage(`\`${first}\` is no command`, 'Write `cargo-boxed build`, for example.'));
  }
  if (first.startsWith('+')) {
    const shown = printable(first, 60);
    return failure(usage(`\`${shown}\` stands too late`, `A toolchain comes first: \`cargo-boxed ${shown} …\`.`));
  }
  if (first === 'cargo') return readAfterCargo(rest, read, toolchain);
  const own = findOwnCommand(first);
  if (own?.takes === 'command') return readInner(own, rest, read, toolchain);
  if (own !== undefined) return readOwnCommand(own, rest, read, toolchain);
  return success({ toolchain, flags, command: cargoCommand(words, globalArguments) });
}

/** `cargo-boxed cargo X …`: always cargo's X, whatever we call our own commands. */
function readAfterCargo(argv: readonly string[], outer: OptionsRead, toolchain: string | null): Result<Invocation> {
  const taken = takeToolchain(argv);
  if (!taken.ok) return taken;
  if (taken.value.toolchain !== null && toolchain !== null) {
    return failure(usage('Two toolchains were given', 'Leave one of them out.'));
  }
  const read = readOptions(taken.value.rest, optionsAfterCargo, 'first-word');
  if (!read.ok) return read;
  const { asks, command, words } = read.value;
  const line = asks !== null ? [asks] : command !== null ? [...command, ...words] : words;
  return success({
    toolchain: taken.value.toolchain ?? toolchain,
    flags: mergeFlags(outer.flags, read.value.flags),
    command: cargoCommand(line, [...outer.globalArguments, ...read.value.globalArguments]),
  });
}

/** `plan [OPTIONS] [COMMAND…]`, `verify …`: the command is read as it would be without the word in front. */
function readInner(
  own: OwnCommandDefinition,
  argv: readonly string[],
  outer: OptionsRead,
  toolchain: string | null,
): Result<Invocation> {
  const read = readOptions(argv, { ...leadingOptions, own: own.options }, 'first-word');
  if (!read.ok) return read;
  const flags = mergeFlags(outer.flags, read.value.flags);
  if (read.value.asks !== null) return success({ toolchain, flags, command: ownCommand('help', [own.name]) });
  const globalArguments = [...outer.globalArguments, ...read.value.globalArguments];
  const words = read.value.words.length > 0 ? read.value.words : ['build'];
  // The flags are the plan's: `plan --json exec` is JSON, though `exec` has none.
  const inner = readCommand({ ...read.value, flags: { limits: [] }, globalArguments, words }, toolchain);
  if (!inner.ok) return inner;
  const planned = inner.value.command;
  if (own.name === 'verify' && planned.kind === 'own') {
    const what = `\`${planned.name}\` makes nothing that could be compared`;
    return failure(usage(what, 'Write `cargo-boxed verify build`, with options of `cargo build`.'));
  }
  if (planned.kind === 'own' && planned.name !== 'exec' && planned.name !== 'shell') {
    return failure(
      usage(
        `\`${planned.name}\` has no plan`,
        'Plan a cargo command, `exec` or `shell`: `cargo-boxed plan build`.',
        'it does not run in a box',
      ),
    );
  }
  const command = { ...ownCommand(own.name, read.value.words), options: read.value.own, planned };
  return success({ toolchain: inner.value.toolchain, flags: mergeFlags(flags, inner.value.flags), command });
}

function cargoCommand(line: readonly string[], globalArguments: readonly string[]): CargoCommand {
  const [name = 'help', ...rest] = line;
  return { kind: 'cargo', name, arguments: rest, globalArguments };
}
