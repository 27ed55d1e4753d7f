/**
 * The offset where a dotted key gets more than `maximumParts` parts, or `null`. Each part is a table within a table, so a
 * megabyte of `a.a.a…` costs the parser seconds and gigabytes: its own depth limit counts brackets only.
 */
export function findDeepKey(text: string, maximumParts: number): number | null {
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
      case "'":
        at = endOfString(text, at);
        break;
      case '#':
        at = endOfLine(text, at);
        dots = 0;
        break;
      case '\n':
      case '=':
      case ',':
      case '[':
      case '{':
        dots = 0;
        break;
      case '.':
        dots++;
        if (dots >= maximumParts) return at;
        break;
    }
  }
  return null;
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
}

/** The offset of the last character of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  const quote = text.charAt(start);
  const fence = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  const escapes = quote === '"';
  for (let at = start + fence.length; at < text.length; at++) {
    const character = text[at];
    if (escapes && character === '\\') at++;
    else if (fence.length === 1 && character === '\n') return at - 1;
    else if (character === quote && text.startsWith(fence, at)) {
      let end = at + fence.length - 1;
      // A multi-line string may end with up to two quotes of its own.
      if (fence.length === 3) while (end < at + 4 && text.charAt(end + 1) === quote) end++;
      return end;
    }
  }
  return text.length;
}
