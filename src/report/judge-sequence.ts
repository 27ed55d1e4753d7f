/** Which control sequences of foreign output reach a terminal. All others are dropped. */

/** A CSI sequence, by its parameters and final byte; the text to print, or empty for nothing. */
export function keepControl(parameters: string, final: string): string {
  if (final === 'm') return keepColours(parameters);
  // Erases in the line: what progress bars are made of.
  if (final === 'K' && /^[012]?$/.test(parameters)) return `\u001b[${parameters}K`;
  return '';
}

const plainAttributes = new Set([0, 1, 2, 3, 4, 7, 9, 21, 22, 23, 24, 27, 29, 39, 49, 59]);

/** Colours and weights. Concealed and blinking text has no use in a build but to deceive. */
function keepColours(parameters: string): string {
  if (parameters === '') return '\u001b[m';
  if (!/^[0-9;:]+$/.test(parameters)) return '';
  const words = parameters.split(';');
  const kept: string[] = [];
  while (words.length > 0) {
    const word = words.shift() as string;
    if (/^[34]8$/.test(word)) kept.push(...takeExtended(word, words));
    // A terminal that does not know the colours of underlines would take their numbers for attributes: 8 conceals.
    else if (word === '58') takeExtended(word, words);
    else if (/^([34]8|58|4):[0-9:]+$/.test(word)) kept.push(word);
    else if (/^[0-9]{0,3}$/.test(word) && isPlain(Number(word))) kept.push(word);
  }
  return kept.length === 0 ? '' : `\u001b[${kept.join(';')}m`;
}

function isPlain(attribute: number): boolean {
  const isColour = (first: number) => attribute >= first && attribute <= first + 7;
  return plainAttributes.has(attribute) || [30, 40, 90, 100].some(isColour);
}

/** `38;5;N` and `38;2;R;G;B`: taken whole or not at all, so that no number is read as something else. */
function takeExtended(word: string, words: string[]): string[] {
  const count = words[0] === '5' ? 2 : words[0] === '2' ? 4 : 0;
  if (count === 0) {
    words.length = 0;
    return [];
  }
  const taken = words.splice(0, count);
  return taken.length === count && taken.every((value) => /^[0-9]{1,3}$/.test(value)) ? [word, ...taken] : [];
}

export const hyperlinkEnd = '\u001b]8;;\u001b\\';

/** The text of an OSC sequence: a hyperlink to a page or a file, or its end, is kept; titles and clipboard are not. */
export function keepSystemCommand(text: string): string {
  const link = /^8;([^;]*);(.*)$/s.exec(text);
  if (link === null) return '';
  const [, options = '', address = ''] = link;
  if (address === '') return hyperlinkEnd;
  if (!/^(https?|file):\/\/[\u0021-\u007e]+$/i.test(address)) return '';
  const id = /(?:^|:)(id=[A-Za-z0-9._-]{1,64})(?:$|:)/.exec(options)?.[1] ?? '';
  return `\u001b]8;${id};${address}\u001b\\`;
}
