import { Command, CommanderError, Option } from 'commander';
import { failure, type Result, success } from '../base/result.ts';
import type { Problem } from '../problem/problem.ts';
import type { BoxFlags } from './invocation.ts';
import type { OptionSet } from './option-set.ts';
import { type BoxOption, type ListField, listFields, optionName } from './options.ts';
import { missingValue, unknownOption, usage, valueProblem } from './usage-problems.ts';

export interface OptionsRead {
  readonly flags: BoxFlags;
  readonly globalArguments: readonly string[];
  readonly own: Readonly<Record<string, string | true>>;
  /** The first of `--help` and `--version` that was written. */
  readonly asks: 'help' | 'version' | null;
  /** `['--explain', 'E0382']`, when such an option was written. */
  readonly command: readonly string[] | null;
  /** From the first word without a dash on, or (`end`) all such words. */
  readonly words: readonly string[];
}

interface Draft {
  readonly flags: Record<string, string | true>;
  readonly lists: { limits: readonly string[] } & { [field in ListField]?: readonly string[] };
  readonly globalArguments: string[];
  readonly own: Record<string, string | true>;
  asks: 'help' | 'version' | null;
  command: string[] | null;
  readonly problems: Problem[];
}

/**
 * Takes the options from the front of `argv` (`first-word`) or from anywhere in it (`end`). Commander only takes the
 * line apart: it prints nothing, ends nothing, and what is allowed is decided here.
 */
export function readOptions(argv: readonly string[], set: OptionSet, until: 'first-word' | 'end'): Result<OptionsRead> {
  const draft: Draft = {
    flags: {},
    lists: { limits: [] },
    globalArguments: [],
    own: {},
    asks: null,
    command: null,
    problems: [],
  };
  const parser = parserFor(set, draft);
  if (until === 'first-word') parser.passThroughOptions();
  try {
    const { operands, unknown } = parser.parseOptions([...argv]);
    const stranger = unknown.find((word) => word.startsWith('-'));
    if (stranger !== undefined) draft.problems.push(unknownOption(stranger, set));
    if (draft.problems.length > 0) return failure(...draft.problems);
    const { globalArguments, own, asks, command } = draft;
    const flags = { ...draft.flags, ...draft.lists } as BoxFlags;
    return success({ flags, globalArguments, own, asks, command, words: [...operands, ...unknown] });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return failure(missingValue(error.message));
  }
}

function parserFor(set: OptionSet, draft: Draft): Command {
  const parser = new Command('cargo-boxed')
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  const add = (name: Written, placeholder: string | null, take: (value: string | null) => void) => {
    const flags = [name.short, name.long].filter((part) => part !== null).join(', ');
    const option = new Option(placeholder === null ? flags : `${flags} <${placeholder}>`);
    parser.addOption(option);
    parser.on(`option:${option.name()}`, (value?: string) => take(value ?? null));
  };
  for (const option of set.box) {
    add(option, option.placeholder, (value) => takeBoxOption(draft, option, value));
  }
  for (const option of set.cargo) {
    const written = option.long ?? option.short ?? '';
    add(option, option.placeholder, (value) => {
      draft.globalArguments.push(written, ...(value === null ? [] : [value]));
    });
  }
  for (const option of set.own) {
    add({ long: option.long, short: null }, option.placeholder, (value) => {
      if (value !== null) draft.problems.push(...valueProblem(option.long, value, option.allowed));
      draft.own[option.long.slice(2)] = value ?? true;
    });
  }
  for (const long of set.commands) {
    add({ long, short: null }, long === '--explain' ? 'CODE' : null, (value) => {
      draft.command ??= value === null ? [long] : [long, value];
    });
  }
  const ask = (asks: 'help' | 'version') => () => {
    draft.asks ??= asks;
  };
  add({ long: '--help', short: '-h' }, null, ask('help'));
  add({ long: '--version', short: '-V' }, null, ask('version'));
  return parser;
}

interface Written {
  readonly long: string | null;
  readonly short: string | null;
}

function takeBoxOption(draft: Draft, option: BoxOption, value: string | null): void {
  if (value === null) {
    draft.flags[option.field] = true;
    return;
  }
  draft.problems.push(...valueProblem(optionName(option), value, option.allowed));
  if (option.field === 'directory' && draft.flags.directory !== undefined) {
    draft.problems.push(usage('`-C` was given twice', 'Name one folder.'));
  }
  const list = listFields.find((field) => field === option.field);
  if (list === undefined) draft.flags[option.field] = value;
  else draft.lists[list] = [...(draft.lists[list] ?? []), value];
}
