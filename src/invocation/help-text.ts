import { cargoGlobalOptions } from './cargo-options.ts';
import { type CommandEntry, findCargoCommand } from './command-table.ts';
import type { CommandClass } from './invocation.ts';
import { type BoxOption, boxOptions, homeVariable } from './options.ts';
import { findOwnCommand, type OwnCommandDefinition, ownCommands } from './own-commands.ts';

const mostUsed = ['build', 'check', 'test', 'run', 'clippy', 'doc', 'update', 'fmt'];

/** The help as it is printed, with a final newline; `topic` is a command of ours or of cargo. */
export function helpText(topic?: string): string {
  if (topic === undefined) return overview();
  const own = findOwnCommand(topic);
  if (own !== undefined) return ownHelp(own);
  const entry = findCargoCommand(topic);
  if (entry !== null) return cargoHelp(entry);
  return overview();
}

function overview(): string {
  const used = mostUsed.map((name) => findCargoCommand(name)).filter((entry) => entry !== null);
  return lines(
    'Run cargo in a box: project read-only, no network, one writable target directory.',
    '',
    'Usage: cargo-boxed [+TOOLCHAIN] [BOX OPTIONS] COMMAND [ARGS…]',
    '',
    "Everything after COMMAND is cargo's. Results are in target/boxed.",
    '',
    'Cargo commands, any of them:',
    ...columns(used.map((entry) => [[entry.name, ...entry.aliases].join(', '), entry.summary])),
    ...columns([['cargo COMMAND', 'A command of cargo, should one of ours have its name']]),
    '',
    'Commands of the box:',
    ...columns(ownCommands.map((command) => [command.name, command.summary])),
    '',
    'Box options:',
    ...columns([...boxOptions.map(optionRow), ['-h, --help', 'Show help'], ['-V, --version', 'Show the version']]),
    '',
    `Cargo's ${globalNames()} may stand before COMMAND too.`,
    `Each box option has a variable (CARGO_BOXED_ENGINE, …); ${homeVariable} moves all that is kept.`,
    'See `cargo-boxed help COMMAND` for more.',
  );
}

function ownHelp(own: OwnCommandDefinition): string {
  const options: Row[] = own.options.map((option) => [
    option.placeholder === null ? option.long : `${option.long} ${choices(option) ?? option.placeholder}`,
    option.summary,
  ]);
  if (own.json === 'understood') options.push(['--json', 'Report as JSON']);
  return lines(
    `${own.summary}.`,
    '',
    `Usage: cargo-boxed [BOX OPTIONS] ${own.name} ${own.usage}`.trimEnd(),
    ...(options.length > 0 ? ['', 'Options:', ...columns(options)] : []),
    '',
    'The box options are in `cargo-boxed help`.',
  );
}

function cargoHelp(entry: CommandEntry): string {
  return lines(
    `${entry.summary}.`,
    '',
    `Usage: cargo-boxed [+TOOLCHAIN] [BOX OPTIONS] ${entry.name} [ARGS…]`,
    '',
    `In the box: ${classes[entry.class]}.`,
    ...(entry.refusal === undefined ? [] : [`Why: ${entry.refusal.why}.`, `Instead: ${entry.refusal.fix}`]),
    '',
    `Cargo's own help: cargo-boxed ${entry.name} --help`,
  );
}

const classes: Record<CommandClass, string> = {
  offline: 'runs without a network on a read-only project',
  'lock-writing': 'runs on the manifests alone, with a network; Cargo.toml and Cargo.lock come back',
  'source-writing': 'runs without a network on a writable copy; changed sources come back',
  creating: 'runs without a network on a writable copy; the new package comes back',
  fetch: 'the crates of Cargo.lock are fetched and checked; no code of the project runs',
  credentialed: 'refused',
  unsupported: 'refused',
};

type Row = readonly [string, string];

function optionRow(option: BoxOption): Row {
  const short = option.short === null ? '    ' : option.long === null ? option.short : `${option.short}, `;
  const value = option.placeholder === null ? '' : ` ${choices(option) ?? option.placeholder}`;
  return [`${short}${option.long ?? ''}${value}`, option.summary];
}

function choices(option: { readonly allowed: readonly string[] }): string | null {
  return option.allowed.length > 0 ? option.allowed.join('|') : null;
}

function globalNames(): string {
  const names = cargoGlobalOptions
    .filter((option) => !option.alsoOfTheBox)
    .map((option) => option.long ?? option.short);
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

const leftColumn = 37;

function columns(rows: readonly Row[]): readonly string[] {
  return rows.map(([left, right]) => {
    const start = `  ${left}`;
    if (start.length < leftColumn) return `${start.padEnd(leftColumn)}${right}`;
    return `${start}\n${' '.repeat(leftColumn)}${right}`;
  });
}

function lines(...parts: readonly string[]): string {
  return `${parts.join('\n')}\n`;
}
