import type { FilterOptions } from './filter-terminal.ts';

/** Control characters and those that turn the direction, as `isHarmful` names them. White space of JSON is none. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const harmful = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;
/** What begins a command for a CI service, and characters that such a service may skip. */
const commands = /#+(?=#)|(?<=section)_|[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]+/giu;

/**
 * One line with a JSON object, in which nothing is left that a terminal or a CI service would act on: characters of its
 * strings are written by their numbers, which is the same JSON. Wrong UTF-8 becomes U+FFFD. What is no JSON after all is
 * as harmless, and stays none.
 */
export function escapeMessage(line: Buffer, options: FilterOptions): Buffer {
  const whole = line.toString('utf8');
  // A return between two values is white space; behind it another line would begin.
  const object = whole.trimEnd();
  const text = object.replaceAll('\r', ' ').replace(harmful, byNumber) + whole.slice(object.length);
  return Buffer.from(options.commands === 'mark' ? text.replace(commands, byNumber) : text);
}

const known: string[] = [];

/** JSON knows no numbers beyond 16 bits: a character beyond them is two. */
function byNumber(characters: string): string {
  let numbers = '';
  for (let at = 0; at < characters.length; at += 1) {
    const unit = characters.charCodeAt(at);
    known[unit] ??= `\\u${unit.toString(16).padStart(4, '0')}`;
    numbers += known[unit];
  }
  return numbers;
}
