import { printable } from '../problem/problem.ts';
import { lookAhead, lookBehind, type Notation, type PathMapping, pathReplacer } from './path-mapping.ts';

/** Plain text for people; a path may follow a colour or an option such as -L. */
const text: Notation = {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
  beginsAfter: (before) => /\u001b\[[0-9;]*[mK]$/.test(before) || /(^|["\s])-[LI]$/.test(before),
  // A folder of the host may be called anything: its name must not act on the terminal either.
  write: (path) => printable(path, path.length),
};

export interface PathTranslator {
  push(bytes: Buffer): Buffer;
  /** What is left at the end. */
  end(): Buffer;
}

/**
 * What cargo says names paths of the box; a person looks for them on this machine. Bytes pass as they come, in any cuts:
 * held back is only what may be the beginning of such a path, until more comes.
 */
export function translatePaths(mappings: readonly PathMapping[]): PathTranslator {
  const replace = pathReplacer(mappings, text);
  const insides = mappings.map(({ inside }) => inside);
  let held = '';
  let before = '';
  const handOn = (part: string): Buffer => {
    const replaced = Buffer.from(replace(part, before), 'latin1');
    before = (before + part).slice(-lookBehind);
    return replaced;
  };
  return {
    push: (bytes) => {
      const whole = held + bytes.toString('latin1');
      const cut = startOfPart(whole, insides);
      held = whole.slice(cut);
      return handOn(whole.slice(0, cut));
    },
    end: () => handOn(held),
  };
}

/** Where a path begins that the end of the text cuts, or of which it is not known yet where it ends. */
function startOfPart(whole: string, insides: readonly string[]): number {
  const longest = Math.max(0, ...insides.map(({ length }) => length)) + lookAhead;
  const from = Math.max(0, whole.length - longest);
  for (let index = whole.indexOf('/', from); index !== -1; index = whole.indexOf('/', index + 1)) {
    const rest = whole.slice(index);
    const isCut = (inside: string) =>
      rest.length < inside.length + lookAhead && (inside.startsWith(rest) || rest.startsWith(inside));
    if (insides.some(isCut)) return index;
  }
  return whole.length;
}
