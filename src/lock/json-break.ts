type Expected = 'value' | 'first-item' | 'first-key' | 'key' | 'colon' | 'next' | 'nothing';
type Action = 'open' | 'value' | 'key' | 'colon' | 'comma' | 'close';

const values: Readonly<Record<string, Action>> = { '{': 'open', '[': 'open', string: 'value', word: 'value' };
/** Which tokens may stand where, and what they do there. */
const allowed: Readonly<Record<Expected, Readonly<Record<string, Action>>>> = {
  value: values,
  'first-item': { ...values, ']': 'close' },
  'first-key': { string: 'key', '}': 'close' },
  key: { string: 'key' },
  colon: { ':': 'colon' },
  next: { ',': 'comma', ']': 'close', '}': 'close' },
  nothing: {},
};

const space = /[ \t\r\n]*/y;
const token =
  /[ \t\r\n]*(?:([[\]{},:])|(")|(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-]))/y;
/** A part of a string, or its end: one pattern for the whole would need memory for each character. */
const part = /[ !#-[\]-\uffff]{1,4096}|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|(")/y;

/**
 * Where a text stops being JSON: the offset of the first thing that cannot stand there, or of its end. Time is linear; the
 * parser itself says no place in some releases of Node, and quotes the text.
 */
export function jsonBreak(text: string): number {
  const open: string[] = [];
  let expected: Expected | null = 'value';
  let at = 0;
  while (expected !== null) {
    token.lastIndex = at;
    const match: RegExpExecArray | null = token.exec(text);
    const end: number = match?.[2] === undefined ? token.lastIndex : endOfString(text, token.lastIndex);
    const kind: string =
      match === null || end < 0 ? 'none' : (match[1] ?? (match[2] === undefined ? 'word' : 'string'));
    expected = next(kind, allowed[expected][kind], open);
    if (expected !== null) at = end;
  }
  space.lastIndex = at;
  return at + (space.exec(text)?.[0].length ?? 0);
}

/** Behind the quote that closes it; negative: it has none. */
function endOfString(text: string, start: number): number {
  part.lastIndex = start;
  for (let match = part.exec(text); match !== null; match = part.exec(text))
    if (match[1] !== undefined) return part.lastIndex;
  return -1;
}

/** What may stand behind a token; `null`: it may not stand there itself. */
function next(kind: string, action: Action | undefined, open: string[]): Expected | null {
  switch (action) {
    case 'open':
      open.push(kind);
      return kind === '{' ? 'first-key' : 'first-item';
    case 'close':
      return open.pop() === (kind === '}' ? '{' : '[') ? behindValue(open) : null;
    case 'comma':
      return open.at(-1) === '{' ? 'key' : 'value';
    case 'key':
      return 'colon';
    case 'colon':
      return 'value';
    case 'value':
      return behindValue(open);
    default:
      return null;
  }
}

function behindValue(open: readonly string[]): Expected {
  return open.length === 0 ? 'nothing' : 'next';
}
