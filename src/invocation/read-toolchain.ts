import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import { usage } from './usage-problems.ts';

/** `+nightly`: a name as rustup lists it. A path is refused: it would make any folder a toolchain. */
export function readToolchain(word: string): Result<string> {
  const name = word.slice(1);
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)) return success(name);
  return failure(
    usage(
      `\`${printable(word, 60)}\` names no toolchain`,
      'Write the name that `rustup toolchain list` shows, like `+nightly`.',
      name.includes('/') ? 'it is a path' : undefined,
    ),
  );
}

/** Takes a `+TOOLCHAIN` from the front of the words, if there is one. */
export function takeToolchain(words: readonly string[]): Result<{ toolchain: string | null; rest: readonly string[] }> {
  const [first] = words;
  if (first === undefined || !first.startsWith('+')) return success({ toolchain: null, rest: words });
  const name = readToolchain(first);
  return name.ok ? success({ toolchain: name.value, rest: words.slice(1) }) : name;
}
