import type { Readable } from 'node:stream';
import { listenWithTail } from './listen-with-tail.ts';

/** Remembers which of some names stand in what passes, as words of their own; never holds it up. */
export interface NameWatch {
  listen(stream: Readable): void;
  seen(): ReadonlySet<string>;
}

const mostNames = 200;

export function watchNames(names: readonly string[]): NameWatch {
  const seen = new Set<string>();
  const wanted = [...new Set(names)].slice(0, mostNames).sort((left, right) => right.length - left.length);
  const longest = Math.max(0, ...wanted.map((name) => Buffer.byteLength(name)));
  const escaped = wanted.map((name) =>
    Buffer.from(name)
      .toString('latin1')
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  const word = new RegExp(`(?<![A-Za-z0-9_.-])(${escaped.join('|')})(?![A-Za-z0-9_-])`, 'g');
  return {
    listen(stream) {
      if (wanted.length === 0) return;
      listenWithTail(stream, longest + 2, (text, isCut) => {
        if (seen.size === wanted.length) return;
        for (const { 1: name = '', index } of text.matchAll(word)) {
          // At the end of a chunk the word may go on in the next one.
          // At the start of what was kept nobody knows what stood before; such a word was judged with the chunk before.
          if (isCut && index === 0) continue;
          if (index + name.length < text.length) seen.add(Buffer.from(name, 'latin1').toString('utf8'));
        }
      });
    },
    seen: () => seen,
  };
}
