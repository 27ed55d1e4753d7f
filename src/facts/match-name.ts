/** One part of a glob between slashes, made ready. */
export type NamePattern = readonly Token[];
type Token =
  | { readonly kind: 'one' }
  | { readonly kind: 'any' }
  | { readonly kind: 'character'; readonly character: string }
  | {
      readonly kind: 'set';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [from: string, to: string])[];
    };

export function hasWildcard(part: string): boolean {
  return /[*?[]/.test(part);
}

/** Reads a part as the glob crate does, which cargo uses; `null` when it is not valid there. */
export function parseNamePattern(part: string): NamePattern | null {
  const characters = [...part];
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] as string;
    if (character === '?') tokens.push({ kind: 'one' });
    else if (character === '*') {
      if (characters[at + 1] === '*') return null;
      tokens.push({ kind: 'any' });
    } else if (character === '[') {
      const negated = characters[at + 1] === '!';
      const first = at + (negated ? 2 : 1);
      // A closing bracket in the first place stands for itself.
      const end = characters.indexOf(']', first + 1);
      if (end === -1) return null;
      tokens.push({ kind: 'set', negated, ranges: rangesOf(characters.slice(first, end)) });
      at = end;
    } else tokens.push({ kind: 'character', character });
  }
  return tokens;
}

function rangesOf(characters: readonly string[]): readonly (readonly [string, string])[] {
  const ranges: [string, string][] = [];
  for (let at = 0; at < characters.length; at++) {
    const from = characters[at] as string;
    const to = characters[at + 1] === '-' ? characters[at + 2] : undefined;
    ranges.push([from, to ?? from]);
    if (to !== undefined) at += 2;
  }
  return ranges;
}

/** Matches in time proportional to pattern times name: no `*a*a*a*b` can make it slow, as it would a regular expression. */
export function matchesName(pattern: NamePattern, name: string): boolean {
  const characters = [...name];
  let token = 0;
  let at = 0;
  let lastAny = -1;
  let resumeAt = 0;
  while (at < characters.length) {
    const wanted = pattern[token];
    if (wanted?.kind === 'any') {
      lastAny = token++;
      resumeAt = at;
    } else if (wanted !== undefined && matchesCharacter(wanted, characters[at] as string)) {
      token++;
      at++;
    } else if (lastAny !== -1) {
      token = lastAny + 1;
      at = ++resumeAt;
    } else return false;
  }
  while (pattern[token]?.kind === 'any') token++;
  return token === pattern.length;
}

function matchesCharacter(token: Token, character: string): boolean {
  switch (token.kind) {
    case 'one':
      return true;
    case 'character':
      return token.character === character;
    case 'set':
      return token.ranges.some(([from, to]) => from <= character && character <= to) !== token.negated;
    case 'any':
      return false;
  }
}
