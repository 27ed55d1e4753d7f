import { cargoGlobalOptions } from './cargo-options.ts';
import { type CommandEntry, cargoCommands, findCargoCommand, type Refusal } from './command-table.ts';
import type { CommandClass } from './invocation.ts';
import { ownArguments } from './scan-arguments.ts';

/** The aliases of cargo's configuration, split into words; the project's win over the user's before they come here. */
export type Aliases = Readonly<Record<string, readonly string[]>>;

export interface ClassifiedCommand {
  readonly class: CommandClass;
  /** `null`: a third-party subcommand (a program `cargo-NAME`), or a word that nobody knows. */
  readonly tableEntry: CommandEntry | null;
  /** The command line after `cargo`, without options before the command: its name, then its arguments. */
  readonly expanded: readonly string[];
  /** Options of cargo that an alias put before the command: `alias.x = "--locked build"`. */
  readonly globalArguments: readonly string[];
  /** The aliases that were followed, in order. */
  readonly followed: readonly string[];
  /** Why a `credentialed` or `unsupported` command is refused, and what to do instead. */
  readonly refusal: Refusal | null;
}

const deepestAlias = 16;

/**
 * What kind of command this is, once aliases are followed as cargo follows them: a built-in command cannot be
 * replaced, its short form and a component (`fmt`) can. An alias that leads nowhere or in a circle is left as it was
 * written, so that cargo, in the box, says what is wrong with it.
 */
export function classifyCommand(
  name: string,
  commandArguments: readonly string[],
  aliases: Aliases = {},
): ClassifiedCommand {
  const written = [name, ...commandArguments];
  const expansion = expand(written, aliases) ?? { words: written, globalArguments: [], followed: [] };
  const [command = name, ...rest] = expansion.words;
  const entry = findCargoCommand(command);
  const { globalArguments, followed } = expansion;
  const found = { tableEntry: entry, expanded: [entry?.name ?? command, ...rest], globalArguments, followed };
  if (entry === null) {
    const script = isScript(command);
    return { ...found, class: script ? 'unsupported' : 'offline', refusal: script ? scriptRefusal : null };
  }
  if (asksHelp(entry, rest)) {
    const help: CommandEntry = { ...anywhere(entry), class: 'offline', exports: 'nothing', output: 'filtered' };
    return { ...found, tableEntry: help, class: 'offline', refusal: null };
  }
  const kind = classOf(entry, rest);
  return { ...found, class: kind, refusal: entry.refusal ?? null };
}

interface Expansion {
  readonly words: readonly string[];
  readonly globalArguments: readonly string[];
  readonly followed: readonly string[];
}

function expand(written: readonly string[], aliases: Aliases): Expansion | null {
  let words = written;
  const globalArguments: string[] = [];
  const followed: string[] = [];
  for (;;) {
    const [name = '', ...rest] = words;
    const builtIn = cargoCommands.some((entry) => entry.origin === 'built-in' && entry.name === name);
    const alias = builtIn || !Object.hasOwn(aliases, name) ? undefined : aliases[name];
    if (alias === undefined) return { words, globalArguments, followed };
    if (followed.includes(name) || followed.length >= deepestAlias) return null;
    followed.push(name);
    const length = leadingGlobals(alias);
    globalArguments.push(...alias.slice(0, length));
    words = [...alias.slice(length), ...rest];
    if (alias.length === length || words[0]?.startsWith('-')) return null;
  }
}

/** How many words at the start are options of cargo that stand before a command. */
function leadingGlobals(words: readonly string[]): number {
  let index = 0;
  while (index < words.length) {
    const word = words[index] ?? '';
    const option = cargoGlobalOptions.find((known) => matches(known, word));
    if (option === undefined) break;
    const hasOwnValue = word !== option.long && word !== option.short;
    index += option.placeholder !== null && !hasOwnValue ? 2 : 1;
  }
  return Math.min(index, words.length);
}

function matches(option: (typeof cargoGlobalOptions)[number], word: string): boolean {
  if (word === option.long || word === option.short) return true;
  if (option.placeholder === null) return option.short === '-v' && /^-v+$/.test(word);
  const glued = option.short !== null && !word.startsWith('--') && word.startsWith(option.short);
  return glued || (option.long !== null && word.startsWith(`${option.long}=`));
}

function classOf(entry: CommandEntry, words: readonly string[]): CommandClass {
  const options = ownArguments(entry.name, words);
  if (entry.name === 'clippy' && options.includes('--fix')) return 'source-writing';
  // `cargo fmt -- --check` hands the option to rustfmt itself.
  if (entry.name === 'fmt' && (words.includes('--check') || options.includes('--version'))) return 'offline';
  return entry.class;
}

/** Showing help needs neither network nor token nor a writable project, whatever the command. */
function asksHelp(entry: CommandEntry, words: readonly string[]): boolean {
  const options = ownArguments(entry.name, words);
  return options.includes('--help') || options.includes('-h');
}

function anywhere(entry: CommandEntry): CommandEntry {
  const { refusal: _refusal, ...rest } = entry;
  return { ...rest, needsManifest: false };
}

/** Cargo takes a command with a slash or the ending `.rs` for the file of a single-file package. */
function isScript(name: string): boolean {
  return name.includes('/') || name.endsWith('.rs');
}

const scriptRefusal: Refusal = {
  why: 'a single-file package has its manifest in its source and no Cargo.lock beside it',
  fix: 'Make it a package: `cargo-boxed new NAME`, then move the file to src/main.rs.',
};
