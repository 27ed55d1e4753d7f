import { join } from 'node:path';
import { nearest } from '../../base/nearest.ts';
import { type Place, type Problem, printable } from '../../problem/problem.ts';
import { explainNix } from './explain-failure.ts';
import type { NixEnd } from './run-nix.ts';

/** The project's own file whose evaluation failed. */
export interface OwnFile {
  /** On this machine, what its path and that of the others is relative to. */
  readonly folder: string;
  readonly path: string;
}

const unknownName = /undefined variable '([A-Za-z0-9_.'-]{1,200})'|attribute '([A-Za-z0-9_.'-]{1,200})' missing/;

/** A name of the project's file that there is none of, to look for the nearest; `null`: it failed for another reason. */
export function missingOwnName(said: string): string | null {
  const found = unknownName.exec(messageOf(said));
  return found?.[1] ?? found?.[2] ?? null;
}

interface Known {
  readonly pattern: RegExp;
  readonly problem: (found: RegExpExecArray, names: readonly string[]) => Problem;
}

const known: readonly Known[] = [
  {
    pattern: /cargo-boxed: nothing pins <([^>\n]{1,100})>/,
    problem: ([, name = '']) => ({
      code: 'config',
      what: `<${printable(name)}> is used, and nothing pins it`,
      fix: 'Use `<nixpkgs>`, which is the one that cargo-boxed.lock pins, or `fetchTarball` with its sha256.',
    }),
  },
  {
    pattern: /cargo-boxed: no shell ([^\n]{1,200}?) among: ?([^\n]{0,4000})/,
    problem: ([, name = '', there = '']) => {
      const names = there.split(' ').filter((one) => one !== '');
      const near = nearest(name, names);
      return {
        code: 'config',
        what: `there is no shell \`${printable(name)}\``,
        why: names.length === 0 ? 'it has none at all' : `it has ${printable(names.slice(0, 20).join(', '), 400)}`,
        fix: near === null ? 'Name one of them: `nix: {shell: NAME}`.' : `Did you mean \`${printable(near)}\`?`,
      };
    },
  },
  {
    pattern: /cargo-boxed: [^\n]{1,300} is no shell: it comes to ([^\n]{1,2000})/,
    problem: ([, what = '']) => ({
      code: 'config',
      what: `it is no shell: it comes to ${printable(what, 300)}`,
      fix: 'A shell is what `mkShell` gives. Of a set of them name one: `nix: {shell: NAME}`.',
    }),
  },
  {
    pattern: /cargo-boxed: the input ([A-Za-z0-9._-]{1,100}) of flake\.lock/,
    problem: ([, name = '']) => ({
      code: 'config',
      what: `the input \`${printable(name)}\` of flake.lock cannot be fetched`,
      why: 'of inputs only archives are, by their sum: those of the types `github` and `tarball`',
      fix: 'Take it from there, and run `nix flake lock`.',
    }),
  },
  {
    pattern: /access to (?:absolute path|path|URI) '([^'\n]{1,400})' is forbidden in restricted mode/,
    problem: ([, path = '']) => ({
      code: 'refused',
      what: `it wants ${printable(path)}, which no evaluation gets`,
      why: 'it sees its own files, and what it names by address and sum in words: nothing else of this machine',
      fix: 'Write an address and its sha256 as plain texts into one `fetchTarball { … }`.',
    }),
  },
  {
    pattern:
      /(?:getting status of|opening file|reading file|file) '\/project\/([^'\n]{1,300})'[^\n]{0,60}(?:No such file|not found|does not exist)/,
    problem: ([, path = '']) => ({
      code: 'config',
      what: `it reads ${printable(path)}, which it does not see`,
      why: 'it sees the files that it names by a path in words, such as `./nix/sources.nix`, if they are texts and no secrets',
    }),
  },
  {
    pattern:
      /executing 'git'|program 'git|executing 'hg'|program 'hg|'git' failed|unable to (?:start|execute)[^\n]{0,40}git/,
    problem: () => ({
      code: 'refused',
      what: 'it fetches by git, and an evaluation starts no program',
      fix: 'Use `fetchTarball` with the address of an archive and its sha256.',
    }),
  },
  {
    pattern: /unable to download '([^'\n]{1,400})'/,
    problem: ([, address = '']) => ({
      code: 'refused',
      what: `it downloads ${printable(address)}, which an evaluation may not`,
      why: 'what it names by address and sum in words is fetched before it; this has no sum beside it, or none that fits',
      fix: 'Write `fetchTarball { url = "…"; sha256 = "…"; }`, both as plain texts.',
    }),
  },
  {
    pattern: unknownName,
    problem: ([, variable, attribute = ''], names) => {
      const name = variable ?? attribute;
      const near = nearest(name, names);
      return {
        code: 'config',
        what: `there is no \`${printable(name)}\``,
        ...(near === null ? {} : { fix: `Did you mean \`${printable(near)}\`?` }),
      };
    },
  },
];

/** Why a project's own environment cannot be evaluated, at the place in its own files. */
export function explainOwn(end: NixEnd, own: OwnFile, names: readonly string[]): Problem {
  const where = placeIn(end.said, own) ?? { file: join(own.folder, own.path) };
  const message = messageOf(end.said);
  if (end.startError === null && !end.timedOut) {
    for (const { pattern, problem } of known) {
      const found = pattern.exec(message);
      if (found !== null) return withFile({ ...problem(found, names), where }, own);
    }
  }
  return { ...explainNix('evaluate', { ...end, said: message }, names), where };
}

/** The error itself, without what led to it: there Nix quotes expressions, ours and others. */
function messageOf(said: string): string {
  const lines = said.slice(Math.max(0, said.lastIndexOf('error:'))).split('\n');
  const end = lines.findIndex((line) => /^\s+(?:at [/\u00ab]|\u2026 |\d*\| )/.test(line));
  return (end === -1 ? lines : lines.slice(0, end)).join('\n');
}

function withFile(problem: Problem, { path }: OwnFile): Problem {
  return { ...problem, what: `${printable(path)}: ${problem.what}` };
}

/**
 * The innermost place in the project's files. Older releases say the error and then where it was, outwards; later ones the
 * other way round.
 */
function placeIn(said: string, { folder }: OwnFile): Place | null {
  const at = said.lastIndexOf('error:');
  const places = [...said.matchAll(/\/project\/([^\s:'"]{1,300}):(\d{1,7}):(\d{1,7})/g)];
  const found = places.find(({ index }) => (index ?? 0) > at) ?? places.at(-1);
  if (found === undefined) return null;
  const [, path = '', line, column] = found;
  return { file: join(folder, printable(path)), line: Number(line), column: Number(column) };
}
