import { pathToFileURL } from 'node:url';

/** A folder inside of the box and where it lies on the host. */
export interface PathMapping {
  readonly inside: string;
  readonly host: string;
}

/** What a text is written in, which tells how a path begins in it and how the path of the host is written there. */
export interface Notation {
  /** Whether a path can begin after this text: not in the middle of a longer one. */
  readonly beginsAfter: (before: string) => boolean;
  readonly write: (path: string) => string;
}

interface Replacement {
  readonly inside: string;
  /** As bytes in a latin1 string. */
  readonly path: () => string;
  /** The same for `file:` URLs. */
  readonly url: () => string;
}

/** How much of what stands before a path decides whether it is one. */
export const lookBehind = 32;
/** How much of what follows a folder's name decides whether the name ends there. */
export const lookAhead = 2;

/**
 * Replaces folders of the box by those of the host. Text is bytes in a latin1 string, one character each, so that nothing
 * else in it can change. `before` is what came before the text and has been handed on.
 */
export function pathReplacer(mappings: readonly PathMapping[], notation: Notation) {
  const bytes = (text: string) => Buffer.from(notation.write(text)).toString('latin1');
  const replacements: readonly Replacement[] = mappings
    .filter(({ inside, host }) => inside !== host)
    .map(({ inside, host }) => ({
      inside,
      path: once(() => bytes(host)),
      url: once(() => bytes(pathToFileURL(host).pathname)),
    }))
    .sort((left, right) => right.inside.length - left.inside.length);
  const placeOf = (before: string) => {
    if (/[a-z]:\/\/$/.test(before)) return 'url' as const;
    return /(^|[^\w.~+@%/\\\u0080-\u00ff-])$/.test(before) || notation.beginsAfter(before) ? ('path' as const) : null;
  };
  return (text: string, before = ''): string => {
    const parts: string[] = [];
    let done = 0;
    for (let index = text.indexOf('/'); index !== -1; index = text.indexOf('/', index)) {
      const found = replacements.find(({ inside }) => text.startsWith(inside, index));
      const end = index + (found?.inside.length ?? 1);
      const near = index >= lookBehind ? text.slice(index - lookBehind, index) : before + text.slice(0, index);
      const place = found === undefined ? null : placeOf(near);
      if (found !== undefined && place !== null && isPathEnd(text, end)) {
        parts.push(text.slice(done, index), found[place]());
        done = end;
        index = end;
      } else {
        index += 1;
      }
    }
    return done === 0 ? text : parts.join('') + text.slice(done);
  };
}

/** Made when it is first needed: a build that says nothing makes no URL. */
function once(make: () => string): () => string {
  let made: string | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

function isPathEnd(text: string, index: number): boolean {
  return !/^(?:[\w~+@%\u0080-\u00ff-]|\.[\w.])/.test(text.slice(index, index + lookAhead));
}
