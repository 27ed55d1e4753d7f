import type { Readable } from 'node:stream';
import type { Wanted } from '../layers/wanted.ts';
import { findSignals } from '../learning/signals.ts';
import { listenWithTail } from './listen-with-tail.ts';

/** Remembers which system libraries and programs a build looked for and did not find; never holds up what passes. */
export interface LibraryWatch {
  listen(stream: Readable): void;
  /** In the order in which they were missed. */
  missing(): readonly Wanted[];
}

/** Longer than any of the sentences: what a chunk may hold of one. */
const tailLength = 512;
const mostLibraries = 10;

export function watchMissingLibraries(): LibraryWatch {
  const libraries = new Map<string, Wanted>();
  return {
    listen(stream) {
      listenWithTail(stream, tailLength, (text) => {
        // At the end of a chunk a name may go on in the next one.
        for (const wanted of findSignals(wholeWords(text))) {
          if (libraries.size < mostLibraries) libraries.set(`${wanted.kind} ${wanted.name}`, wanted);
        }
      });
    },
    missing: () => [...libraries.values()],
  };
}

function wholeWords(text: string): string {
  return text.replace(/[\w.+/-]{1,128}$/, '');
}
