import { stripVTControlCharacters } from 'node:util';
import { scriptFailures } from './read-failures.ts';

/** Something that is there, and older than what a package asks for. */
export interface TooOld {
  /** The package whose build script failed. */
  readonly crate: string;
  readonly name: string;
  readonly wanted: string;
  /** `null` where nobody says which one is there. */
  readonly has: string | null;
}

const name = '(?<name>[\\w.+-]{1,64}?)';
const [wanted, has] = ['wanted', 'has'].map((group) => `(?<${group}>[0-9][\\w.+~-]{0,40})`);

/**
 * How CMake, meson, autoconf, pkg-config and pkgconf say that a version does not do: those that say both first. Each
 * pattern is linear.
 */
const sayings: readonly RegExp[] = [
  `\\b(?<name>CMake) ${wanted} or higher is required\\.\\s{1,20}You are running version ${has}`,
  `\\b(?<name>Meson) version is ${has} but project requires [>= ]{0,4}${wanted}`,
  `Requested '${name} >=? ${wanted}' but version of [^\\n]{1,100}? is ${has}`,
  `Package '${name}' has version '${has}', required version is '>=? ${wanted}'`,
  `Could NOT find ${name}: Found unsuitable version "${has}", but required is at least "${wanted}"`,
  `Dependency "?${name}"? found: NO[.,]? [Ff]ound '?${has}'? but need: '?>=? ?${wanted}`,
  `\\b(?<name>Autoconf|Automake) version ${wanted} or higher is required`,
  `Package dependency requirement '${name} >=? ${wanted}' could not be satisfied`,
].map((pattern) => new RegExp(pattern, 'g'));

const mostFound = 10;

/** Of what cargo said, in whatever colours: what each build script that failed finds too old, each once. */
export function findTooOld(text: string): readonly TooOld[] {
  const found = scriptFailures(stripVTControlCharacters(text)).flatMap(({ crate, said }) =>
    sayings.flatMap((pattern) =>
      [...said.matchAll(pattern)].map(({ groups = {} }): TooOld => {
        const { name = '', wanted = '', has } = groups;
        return { crate, name, wanted: version(wanted), has: has === undefined ? null : version(has) };
      }),
    ),
  );
  // The first of each counts. A script of strangers may say them by the ten thousand.
  const first = new Map<string, TooOld>();
  for (const one of found) {
    const key = `${one.crate} ${one.name}`;
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()].slice(0, mostFound);
}

/** At the end of a sentence it has no full stop. */
function version(text: string): string {
  return text.replace(/[.,]+$/, '');
}
