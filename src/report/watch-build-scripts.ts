import type { Readable } from 'node:stream';
import { listenWithTail } from './listen-with-tail.ts';

/** Remembers whose build scripts failed, and whether something was refused; never holds up what passes. */
export interface BuildScriptWatch {
  listen(stream: Readable): void;
  /** Packages whose build script failed, when a write was refused to somebody. */
  refused(): readonly string[];
  /** What passed from the first build script on that failed, as much as one has to say. */
  said(): string;
  /** Whether one has failed, for whatever reason, or a package that is none of these could not be compiled. */
  hasFailed(own: ReadonlySet<string>): boolean;
}

/**
 * As cargo says it, and as the system does: in words, and by programs that show only the number. Anything in the box can
 * say the same: a name has letters and digits, so that none is a part of a command for the shell.
 */
const failedScript = /failed to run custom build command for `([\w\u0080-\u00ff-]{1,128}) v/g;
const notCompiled = /could not compile `([\w-]{1,128})`/g;
const refusal = /[Pp]ermission denied|\bEACCES\b|\bos error 13\b/;
/** Longer than either sentence: what a chunk may hold of one. */
const tailLength = 256;
const mostPackages = 20;
const mostCharacters = 512 * 1024;

export function watchBuildScripts(): BuildScriptWatch {
  const packages = new Set<string>();
  const broken = new Set<string>();
  let isRefused = false;
  let said = '';
  const noteFailed = (text: string, name: string, index: number) => {
    if (said === '') said = text.slice(text.lastIndexOf('\n', index) + 1);
    if (packages.size < mostPackages) packages.add(Buffer.from(name, 'latin1').toString('utf8'));
  };
  return {
    listen(stream) {
      listenWithTail(stream, tailLength, (text, _isCut, fresh) => {
        if (said !== '' && said.length < mostCharacters) said += fresh;
        isRefused ||= refusal.test(text);
        for (const { 1: name = '' } of text.matchAll(notCompiled)) if (broken.size < mostPackages) broken.add(name);
        for (const { 1: name = '', index } of text.matchAll(failedScript)) noteFailed(text, name, index);
      });
    },
    refused: () => (isRefused ? [...packages] : []),
    said: () => Buffer.from(said.slice(0, mostCharacters), 'latin1').toString('utf8'),
    hasFailed: (own) => packages.size > 0 || [...broken].some((name) => !own.has(name)),
  };
}
