import { cargoGlobalOptions, commonCargoOptions } from './cargo-options.ts';
import { cargoCommands } from './command-table.ts';
import { type BoxOption, boxOptions } from './options.ts';
import { ownCommands } from './own-commands.ts';

/** A word that a shell offers, with what it says about it. */
export interface Candidate {
  readonly word: string;
  readonly summary: string;
}

/** All commands that are not refused, ours first. */
export function commandCandidates(): readonly Candidate[] {
  const ours = ownCommands.map((command) => ({ word: command.name, summary: command.summary }));
  const names = new Set<string>(ours.map(({ word }) => word));
  const cargos = cargoCommands
    .filter((entry) => entry.refusal === undefined && !entry.name.startsWith('-') && !names.has(entry.name))
    .filter((entry) => entry.name !== 'git-checkout')
    .flatMap((entry) => [entry.name, ...entry.aliases].map((word) => ({ word, summary: entry.summary })));
  const prefix = { word: 'cargo', summary: 'A command of cargo, whatever its name' };
  return [...ours, prefix, ...cargos];
}

/** An option as shells need it: every way to write it, and what its value can be. */
export interface OptionCandidate {
  readonly names: readonly string[];
  readonly value: 'none' | 'file' | 'folder' | 'text' | readonly string[];
  readonly summary: string;
  readonly repeatable: boolean;
}

export function leadingOptionCandidates(): readonly OptionCandidate[] {
  const cargos = cargoGlobalOptions.filter((option) => !option.alsoOfTheBox);
  return [
    ...boxOptions.map(boxCandidate),
    ...cargos.map((option) => ({
      names: names(option),
      value: option.placeholder === null ? ('none' as const) : ('text' as const),
      summary: 'An option of cargo',
      repeatable: option.short === '-Z',
    })),
    { names: ['-h', '--help'], value: 'none', summary: 'Show help', repeatable: false },
    { names: ['-V', '--version'], value: 'none', summary: 'Show the version', repeatable: false },
  ];
}

/** For the words after a command of ours: its own words and options. */
export function ownCandidates(): readonly { name: string; words: readonly string[]; options: OptionCandidate[] }[] {
  return ownCommands.map((command) => {
    const options: OptionCandidate[] = command.options.map((option) => ({
      names: [option.long],
      value: option.placeholder === null ? 'none' : option.allowed.length > 0 ? option.allowed : 'text',
      summary: option.summary,
      repeatable: false,
    }));
    if (command.json === 'understood') {
      options.push({ names: ['--json'], value: 'none', summary: 'Report as JSON', repeatable: false });
    }
    return { name: command.name, words: command.words, options };
  });
}

export const cargoOptionWords: readonly string[] = commonCargoOptions;

function boxCandidate(option: BoxOption): OptionCandidate {
  return {
    names: names(option),
    value: valueKind(option),
    summary: option.summary,
    repeatable: option.kind === 'list',
  };
}

function valueKind(option: BoxOption): OptionCandidate['value'] {
  if (option.kind === 'switch') return 'none';
  if (option.allowed.length > 0) return option.allowed;
  return option.completes === 'nothing' ? 'text' : option.completes;
}

function names(option: { readonly short: string | null; readonly long: string | null }): readonly string[] {
  return [option.short, option.long].filter((name) => name !== null);
}
