import { cargoValueOptions } from './cargo-options.ts';
import { findCargoCommand } from './command-table.ts';
import {
  type HostPathOption,
  hostPathOptionsOf,
  nestingCommands,
  pathOperandCommands,
  trailingCommands,
} from './host-path-options.ts';

/** A part of a command's arguments: words that stay as they are, or a path with what stands around it. */
export type Piece =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | {
      readonly kind: 'path';
      readonly option: HostPathOption;
      readonly value: string;
      /** The same words with another value. */
      readonly write: (value: string) => readonly string[];
    }
  | { readonly kind: 'operand'; readonly value: string };

/** Finds the paths among the arguments, as cargo's own parser would: up to the end of what is cargo's own. */
export function scanArguments(command: string, words: readonly string[]): readonly Piece[] {
  const { pieces, length } = scan(command, words);
  return length === words.length ? pieces : [...pieces, { kind: 'words', words: words.slice(length) }];
}

/**
 * The arguments that are cargo's own: up to `--`, and in commands like `run` up to the first word that belongs to the
 * program. Behind that the same spelling of an option means something else: `run -- --features x`, `run x --locked`.
 */
export function ownArguments(command: string, words: readonly string[]): readonly string[] {
  return words.slice(0, scan(command, words).length);
}

interface Scan {
  readonly pieces: readonly Piece[];
  /** How many words are cargo's own. */
  readonly length: number;
}

function scan(command: string, words: readonly string[]): Scan {
  let name = findCargoCommand(command)?.name ?? command;
  const options = hostPathOptionsOf(name);
  const pieces: Piece[] = [];
  let wantsOperand = pathOperandCommands.includes(name);
  for (let index = 0; index < words.length; ) {
    const word = words[index] ?? '';
    const isOperand = !word.startsWith('-') || word === '-';
    if (word === '--' || (isOperand && trailingCommands.includes(name))) return { pieces, length: index };
    if (isOperand && nestingCommands.includes(name)) name = findCargoCommand(word)?.name ?? word;
    if (isOperand && wantsOperand) {
      wantsOperand = false;
      pieces.push({ kind: 'operand', value: word });
      index += 1;
      continue;
    }
    const { piece, taken } = readWord(word, words[index + 1], options);
    pieces.push(piece);
    index += taken;
  }
  return { pieces, length: words.length };
}

interface Taken {
  readonly piece: Piece;
  /** How many words it is made of. */
  readonly taken: number;
}

function readWord(word: string, following: string | undefined, options: readonly HostPathOption[]): Taken {
  const value = following === undefined || following.startsWith('-') ? null : following;
  const path = readPath(word, value, options);
  if (path !== null) return path;
  if (value === null || !takesValue(word)) return { piece: { kind: 'words', words: [word] }, taken: 1 };
  return { piece: { kind: 'words', words: [word, value] }, taken: 2 };
}

function takesValue(word: string): boolean {
  // `-qp NAME`: the last letter of a cluster may be an option with a value.
  return (
    cargoValueOptions.has(word) || (/^-[vqrhnldwbi]+[a-zA-Z]$/.test(word) && cargoValueOptions.has(`-${word.at(-1)}`))
  );
}

function readPath(word: string, next: string | null, options: readonly HostPathOption[]): Taken | null {
  for (const option of options) {
    const found = (value: string, taken: number, write: (value: string) => readonly string[]) => ({
      piece: { kind: 'path', option, value, write } as const,
      taken,
    });
    if (word === option.long && option.meaning === 'refused-switch') return found('', 1, () => [word]);
    if (word === option.long || word === option.short) {
      return next === null ? null : found(next, 2, (value) => [word, value]);
    }
    const equals = `${option.long}=`;
    if (word.startsWith(equals)) return found(word.slice(equals.length), 1, (value) => [`${equals}${value}`]);
    const cluster = option.short === null ? null : readCluster(word, option.short.slice(1));
    if (cluster === null) continue;
    if (cluster.value !== '') return found(cluster.value, 1, (value) => [`${cluster.prefix}${value}`]);
    return next === null ? null : found(next, 2, (value) => [word, value]);
  }
  return null;
}

/** `-rm PATH`, `-mPATH`, `-m=PATH`: a short option in a cluster of switches, with its value or before it. */
function readCluster(word: string, letter: string): { readonly prefix: string; readonly value: string } | null {
  const match = /^-[vqrhnldwbi]*/.exec(word);
  const length = match?.[0].length ?? 0;
  if (match === null || word[length] !== letter) return null;
  const end = word[length + 1] === '=' ? length + 2 : length + 1;
  return { prefix: word.slice(0, end), value: word.slice(end) };
}
