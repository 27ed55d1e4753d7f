import { Transform } from 'node:stream';
import { collectBytes } from './collect-bytes.ts';
import { hyperlinkEnd, keepControl, keepSystemCommand } from './judge-sequence.ts';
import { guardCommands } from './neutralise-commands.ts';
import type { PathMapping } from './path-mapping.ts';
import { characterLength, codePoint, isHarmful } from './read-character.ts';
import { translatePaths } from './translate-paths.ts';

export interface FilterOptions {
  /** Folders of the box that are shown as those of this machine; none: paths pass as they are. */
  readonly paths?: readonly PathMapping[];
  /** `mark`: lines that a CI service would take for commands get a visible mark; see `isContinuousIntegration`. */
  readonly commands: 'keep' | 'mark';
}

/** Takes bytes in any cuts and gives what is safe to show; the cuts never change the whole. */
export interface TerminalFilter {
  push(bytes: Buffer): Buffer;
  /** What is left at the end: an end of colours and of a hyperlink that were left open. */
  end(): Buffer;
}

/**
 * Foreign output on its way to a terminal. Text, colours, carriage return, erasing in the line and hyperlinks to pages
 * and files stay. Everything else that a terminal would act on is dropped: clipboard, titles, queries that it answers
 * as if typed, movements over our own lines, other character sets. Wrong UTF-8 becomes U+FFFD. The memory that is used
 * does not depend on the input.
 */
export function filterTerminal(options: FilterOptions): Transform {
  const filter = terminalFilter(options);
  const translator = (options.paths ?? []).length > 0 ? translatePaths(options.paths ?? []) : null;
  return new Transform({
    decodeStrings: true,
    transform(chunk: Buffer, _encoding, done) {
      const safe = filter.push(chunk);
      const kept = translator?.push(safe) ?? safe;
      done(null, kept.length > 0 ? kept : undefined);
    },
    flush(done) {
      const safe = filter.end();
      const kept = translator === null ? safe : Buffer.concat([translator.push(safe), translator.end()]);
      done(null, kept.length > 0 ? kept : undefined);
    },
  });
}

export function terminalFilter(options: FilterOptions): TerminalFilter {
  const state: State = { mode: 'ground', text: '', overflow: false, isSystemCommand: false };
  const output = collectOutput(options);
  let cut: Buffer = Buffer.alloc(0);
  return {
    push: (chunk) => {
      const bytes = cut.length > 0 ? Buffer.concat([cut, chunk]) : chunk;
      cut = Buffer.alloc(0);
      let index = 0;
      while (index < bytes.length) {
        if (state.mode !== 'ground') {
          index += takeSequence(state, bytes[index] as number, output);
          continue;
        }
        const end = endOfText(bytes, index);
        if (end > index) output.text(bytes, index, end);
        index = end;
        if (index === bytes.length) break;
        const length = takeOther(state, bytes, index, output);
        if (length === 0) {
          cut = Buffer.from(bytes.subarray(index));
          break;
        }
        index += length;
      }
      return output.take();
    },
    end: () => {
      if (cut.length > 0) output.text(replacement, 0, replacement.length);
      output.close();
      return output.take();
    },
  };
}

type Mode = 'ground' | 'escape' | 'escape-rest' | 'control' | 'string' | 'string-escape';
interface State {
  mode: Mode;
  /** Of the sequence that is being read, up to a limit. */
  text: string;
  overflow: boolean;
  isSystemCommand: boolean;
}
interface Output {
  text(bytes: Buffer, start: number, end: number): void;
  sequence(text: string): void;
  close(): void;
  take(): Buffer;
}

const escapeByte = 0x1b;
const longestControl = 128;
const longestString = 2048;
const replacement = Buffer.from('\ufffd');

/** Where printable text, tabs and line ends stop. */
function endOfText(bytes: Buffer, start: number): number {
  let index = start;
  while (index < bytes.length) {
    const byte = bytes[index] as number;
    if ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09) index += 1;
    else if (byte < 0x80) break;
    else {
      const length = characterLength(bytes, index);
      if (length <= 0 || isHarmful(codePoint(bytes, index, length))) break;
      index += length;
    }
  }
  return index;
}

/** The byte or character at which text stopped; how many bytes it has, 0 when it is cut by the end of the chunk. */
function takeOther(state: State, bytes: Buffer, index: number, output: Output): number {
  const byte = bytes[index] as number;
  if (byte === escapeByte) state.mode = 'escape';
  if (byte < 0x80) return 1;
  const length = characterLength(bytes, index);
  if (length === -1) return 0;
  if (length === 0) output.text(replacement, 0, replacement.length);
  return Math.max(1, length);
}

/** One byte of a control sequence; 0 when the byte does not belong to it and is to be read as text. */
function takeSequence(state: State, byte: number, output: Output): number {
  switch (state.mode) {
    case 'escape':
      return takeEscape(state, byte);
    case 'escape-rest':
      if (byte >= 0x20 && byte < 0x30) return 1;
      return leave(state, byte >= 0x30 && byte < 0x7f ? 1 : 0);
    case 'control':
      return takeControl(state, byte, output);
    case 'string-escape':
      if (byte !== 0x5c) {
        state.mode = 'escape';
        return 0;
      }
      finishString(state, output);
      return leave(state, 1);
    default:
      return takeString(state, byte, output);
  }
}

function takeEscape(state: State, byte: number): number {
  if (byte === escapeByte) return 1;
  const character = String.fromCharCode(byte);
  if (character === '[') return enter(state, 'control');
  if (character === ']') {
    enter(state, 'string');
    state.isSystemCommand = true;
    return 1;
  }
  if ('PX^_'.includes(character)) return enter(state, 'string');
  if (byte >= 0x20 && byte < 0x30) return enter(state, 'escape-rest');
  return leave(state, byte >= 0x30 && byte < 0x7f ? 1 : 0);
}

function takeControl(state: State, byte: number, output: Output): number {
  if (byte === escapeByte) return enter(state, 'escape');
  if (byte >= 0x20 && byte < 0x40) {
    remember(state, byte, longestControl);
    return 1;
  }
  if (byte < 0x40 || byte > 0x7e) return leave(state, 0);
  if (!state.overflow) output.sequence(keepControl(state.text, String.fromCharCode(byte)));
  return leave(state, 1);
}

/** A string that is never ended must not swallow the lines that follow: a line end ends it. */
function takeString(state: State, byte: number, output: Output): number {
  if (byte === escapeByte) {
    state.mode = 'string-escape';
    return 1;
  }
  if (byte === 0x0a || byte === 0x0d) return leave(state, 0);
  if (byte === 0x18 || byte === 0x1a) return leave(state, 1);
  if (byte === 0x07) {
    finishString(state, output);
    return leave(state, 1);
  }
  if (state.isSystemCommand) remember(state, byte, longestString);
  return 1;
}

function finishString(state: State, output: Output): void {
  if (state.isSystemCommand && !state.overflow) output.sequence(keepSystemCommand(state.text));
}

function remember(state: State, byte: number, most: number): void {
  if (state.text.length < most) state.text += String.fromCharCode(byte);
  else state.overflow = true;
}

function enter(state: State, mode: Mode): number {
  state.mode = mode;
  state.text = '';
  state.overflow = false;
  state.isSystemCommand = false;
  return 1;
}

function leave(state: State, length: number): number {
  enter(state, 'ground');
  return length;
}

/** Knows whether colours or a hyperlink are open, so that our own lines never wear them. */
function collectOutput(options: FilterOptions): Output {
  const guard = options.commands === 'mark' ? guardCommands() : null;
  const kept = collectBytes();
  const unguarded = collectBytes();
  let isColoured = false;
  let isLinked = false;
  const guardText = () => {
    if (guard !== null) kept.addText(guard.text(unguarded.take().toString('utf8')));
  };
  return {
    text: (guard === null ? kept : unguarded).add,
    sequence: (text) => {
      if (text === '') return;
      guardText();
      // The 0 at the end of `38;5;0` is black: only what resets and does nothing else is sure to leave no colour.
      if (text.endsWith('m') && text[1] === '[') isColoured = !/^.\[0*m$/s.test(text);
      if (text[1] === ']') isLinked = text !== hyperlinkEnd;
      kept.addText((guard?.sequence() ?? '') + text);
    },
    close: () => {
      guardText();
      kept.addText((guard?.end() ?? '') + (isColoured ? '\u001b[0m' : '') + (isLinked ? hyperlinkEnd : ''));
    },
    take: () => {
      guardText();
      return kept.take();
    },
  };
}
