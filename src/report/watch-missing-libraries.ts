import type { Readable } from 'node:stream';
import { listenWithTail } from './listen-with-tail.ts';

/** Remembers which system libraries and programs a build looked for and did not find; never holds up what passes. */
export interface LibraryWatch {
  listen(stream: Readable): void;
  /** By their names for pkg-config, the linker or the shell, in the order in which they were missed. */
  missing(): readonly string[];
}

/** As pkg-config, its crate, GNU ld, lld, openssl-sys, rustc, clang and cargo say it. */
const missed: readonly { readonly pattern: RegExp; readonly name?: string }[] = [
  { pattern: /Package '?([\w.+-]{1,64})'? was not found in the pkg-config/g },
  { pattern: /The system library `([\w.+-]{1,64})` required by crate/g },
  { pattern: /cannot find -l:?([\w.+-]{1,64})/g },
  { pattern: /unable to find library -l([\w.+-]{1,64})/g },
  { pattern: /linker `([\w.+-]{1,64})` not found/g },
  { pattern: /invalid linker name in (?:argument )?'-fuse-ld=([\w.+-]{1,64})'/g },
  { pattern: /could not execute process `([\w.+-]{1,64})[ `]/g },
  { pattern: /Could not find directory of OpenSSL installation/g, name: 'openssl' },
];
/** Longer than any of them: what a chunk may hold of one. */
const tailLength = 256;
const mostLibraries = 10;

export function watchMissingLibraries(): LibraryWatch {
  const libraries = new Set<string>();
  return {
    listen(stream) {
      listenWithTail(stream, tailLength, (text) => {
        for (const { pattern, name } of missed) {
          for (const { 1: found, index, 0: whole } of text.matchAll(pattern)) {
            // At the end of a chunk a name may go on in the next one.
            if (index + whole.length === text.length || libraries.size >= mostLibraries) continue;
            libraries.add(name ?? found ?? '');
          }
        }
      });
    },
    missing: () => [...libraries],
  };
}
