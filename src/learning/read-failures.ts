import type { Missed, Wanted } from '../layers/wanted.ts';
import { findSignals, packageHints } from './signals.ts';

/** What cargo's output says of a build that failed. */
export interface Failures {
  /** Packages whose build script or linking failed, in their order. */
  readonly crates: readonly string[];
  readonly missed: readonly Missed[];
  /** Debian packages that the messages of those packages name. */
  readonly hints: readonly Missed[];
}

/**
 * Reads what cargo says without colours. What a script has said stands below its error, further in than cargo's own lines;
 * of a linker's error the next line that says what could not be compiled names the package.
 */
export function readFailures(text: string): Failures {
  const sections = text.split(sectionStart, mostSections);
  const crates = new Set<string>();
  const missed: Missed[] = [];
  const hints: Missed[] = [];
  let charactersLeft = mostCharacters;
  for (const [index, section] of sections.entries()) {
    const crate = failedCrate(section, sections[index + 1] ?? '');
    if (crate === null) continue;
    if (crates.size >= mostCrates && !crates.has(crate)) break;
    crates.add(crate);
    const said = section.slice(0, Math.min(mostSaid, charactersLeft));
    charactersLeft -= said.length;
    const of = (wanted: Wanted): Missed => ({ crate, wanted });
    missed.push(...findSignals(said).map(of));
    hints.push(...findSignals(said, packageHints).map(of));
  }
  return { crates: [...crates], missed: missed.slice(0, mostMissed), hints: hints.slice(0, mostMissed) };
}

/** What each build script that failed has said, and cargo of it. */
export function scriptFailures(text: string): readonly { readonly crate: string; readonly said: string }[] {
  const failures = text.split(sectionStart, mostSections).flatMap((said) => {
    const crate = failedScript.exec(said)?.[1];
    return crate === undefined ? [] : [{ crate, said: said.slice(0, mostSaid) }];
  });
  return failures.slice(0, mostCrates);
}

/**
 * A macro of strangers can write such lines by the hundred thousand, and each name is looked up: more than a build has
 * that fails, and little enough that Ctrl-C is heard soon.
 */
const mostSections = 20_000;
const mostCrates = 200;
const mostMissed = 500;
const mostSaid = 512 * 1024;
const mostCharacters = 2 * 1024 * 1024;

const saysWhy = /\b(?:error|panicked|cannot|could not|failed|fatal|not found|undefined|unresolved|missing)\b/i;

/** What a package failed with, in one line: of what it said itself the first that sounds like a reason, else the last. */
export function failureOf(text: string, crate: string): string {
  const sections = text.split(sectionStart, mostSections);
  const section = sections.find((one, index) => failedCrate(one, sections[index + 1] ?? '') === crate) ?? '';
  const [head = '', ...lines] = section
    .split('\n', mostLines)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:Caused by:|--- std(?:out|err)|cargo:|process didn't exit)/.test(line));
  const at = lines.findIndex((line) => saysWhy.test(line));
  const found = lines[at] ?? lines.at(-1) ?? head;
  // `panicked at build.rs:3:5:` has its words in the next line.
  return found.endsWith(':') ? `${found} ${lines[at + 1] ?? ''}`.trim() : found;
}

const mostLines = 10_000;
const sectionStart = /^(?=(?:error|warning)(?:\[|:))/m;

const failedScript = /^error: failed to run custom build command for `([\w-]{1,128}) v/;

function failedCrate(section: string, next: string): string | null {
  const script = failedScript.exec(section);
  if (script !== null) return script[1] ?? null;
  const compiled = /^error: could not compile `([\w-]{1,128})`/;
  const own = compiled.exec(section);
  if (own !== null) return own[1] ?? null;
  if (!/^error: (?:linking with|linker|could not find native|could not execute process)/.test(section)) return null;
  return compiled.exec(next)?.[1] ?? 'the project';
}
