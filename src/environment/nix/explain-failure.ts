import { nearest } from '../../base/nearest.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import type { NixEnd } from './run-nix.ts';

/** What was done when it failed. */
export type NixStep = 'fetch' | 'evaluate' | 'build';

interface Known {
  readonly pattern: RegExp;
  readonly problem: (found: RegExpExecArray) => Problem;
}

/** What Nix is known to say, the more telling first. */
const known: readonly Known[] = [
  {
    pattern: /cannot connect to (?:socket|daemon) at '([^'\n]{1,200})'/,
    problem: () => ({
      code: 'environment',
      what: "Nix's daemon is not running",
      fix: 'Start it (`sudo systemctl start nix-daemon`), or use `environment: debian`.',
    }),
  },
  {
    pattern: /No space left on device|database or disk is full/,
    problem: () => ({
      code: 'storage',
      what: 'the disk of the Nix store is full',
      fix: 'Free some (`nix-collect-garbage`, `cargo-boxed prune`), and run the command again.',
    }),
  },
  {
    pattern: /hash mismatch in file downloaded from '([^'\n]{1,400})'|hash mismatch for '([^'\n]{1,400})'/,
    problem: (found) => ({
      code: 'checksum-mismatch',
      what: `${printable(found[1] ?? found[2] ?? '')} is not what cargo-boxed.lock pins`,
      why: 'its sum is another one',
      fix: 'Run `cargo-boxed lock --update` if it is meant to have changed.',
    }),
  },
  {
    pattern: /hash mismatch in fixed-output derivation '\/nix\/store\/[a-z0-9]{32}-([^'\n]{1,200})\.drv'/,
    problem: (found) => ({
      code: 'checksum-mismatch',
      what: `what ${printable(found[1] ?? '')} has fetched is not what it names by its sum`,
      why: printable(found.input.slice(found.index).split('\n').slice(1, 3).join(' ').replace(/\s+/g, ' ').trim()),
    }),
  },
  {
    pattern: /access to (?:absolute path|path|URI) '([^'\n]{1,400})' is forbidden in restricted mode/,
    problem: (found) => ({
      code: 'refused',
      what: `the evaluation wanted to read ${printable(found[1] ?? '')}, which no pin may`,
      fix: 'Look at where this nixpkgs comes from: an honest one has no need to.',
    }),
  },
  {
    pattern: /cargo-boxed: that is no rust-overlay/,
    problem: () => ({
      code: 'config',
      what: '`nix.rust-overlay` is no rust-overlay',
      fix: 'Name a revision of rust-overlay, or the URL of an archive of it.',
    }),
  },
  {
    pattern: /import(?:ing)? from derivation|import-from-derivation/i,
    problem: () => ({
      code: 'refused',
      what: 'the evaluation wanted to build something to evaluate it, which no pin may',
    }),
  },
  {
    pattern: /out of memory|Out of Memory|memory exhausted|std::bad_alloc|Cannot allocate memory/,
    problem: () => ({
      code: 'environment',
      what: 'the evaluation of the Nix environment needs more than 4 GiB of memory',
      fix: 'Look at what `nix.packages` and `nix.nixpkgs` name.',
    }),
  },
  {
    pattern: /stack overflow|infinite recursion encountered/,
    problem: () => ({
      code: 'environment',
      what: 'the evaluation of the Nix environment does not end: it calls itself without end',
      fix: 'Look at what `nix.packages` and `nix.nixpkgs` name.',
    }),
  },
  {
    pattern: /Package ['\u2018]([^'\u2019\n]{1,200})['\u2019] in \S{1,400} has an unfree license/,
    problem: (found) => ({
      code: 'environment',
      what: `the package ${printable(found[1] ?? '')} has an unfree license, and nixpkgs refuses it`,
      fix: 'Take another one: cargo-boxed sets no `allowUnfree`.',
    }),
  },
  {
    pattern:
      /Package ['\u2018]([^'\u2019\n]{1,200})['\u2019] in \S{1,400} is (marked as broken|marked as insecure|not available)/,
    problem: (found) => ({
      code: 'environment',
      what: `the package ${printable(found[1] ?? '')} is ${printable(found[2] ?? '')} in this nixpkgs`,
      fix: 'Take another one, or another `nix.nixpkgs`.',
    }),
  },
  {
    pattern: /unable to download '([^'\n]{1,400})'/,
    problem: (found) => ({
      code: 'fetch-failed',
      what: `${printable(found[1] ?? '')} cannot be downloaded`,
      why: 'it is not in the store yet, and the network does not give it',
      fix: 'Run the command once with a network.',
    }),
  },
  {
    pattern: /builder for '\/nix\/store\/[a-z0-9]{32}-([^'\n]{1,200})\.drv' failed/,
    problem: (found) => ({
      code: 'environment',
      what: `${printable(found[1] ?? '')} cannot be built`,
      why: printable([...beforeMatch(found), ...afterMatch(found)].join('; '), 600),
    }),
  },
  {
    pattern:
      /sandbox.{0,80}(?:not supported|unable|requires)|cannot (?:set up|enable) (?:the )?sandbox|user namespaces/i,
    problem: () => ({
      code: 'not-enforceable',
      what: "Nix's sandbox does not work on this machine, and nothing is built without it",
      fix: 'Allow user namespaces, or use a daemon with `sandbox = true`.',
    }),
  },
];

/** The end of what a builder said: Nix repeats it only sometimes. */
function beforeMatch({ input, index }: RegExpExecArray): readonly string[] {
  const lines = input.slice(0, index).split('\n');
  const from = lines.findLastIndex((line) => line.startsWith("building '"));
  return lines
    .slice(from + 1, -1)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-5);
}

/** The rest of the line that was found and what follows, to where Nix says how to see more. */
function afterMatch(found: RegExpExecArray): readonly string[] {
  const lines = found.input.slice(found.index + found[0].length).split('\n');
  const end = lines.findIndex((line) => /^\s*For full logs|^error:/.test(line));
  return (end === -1 ? lines : lines.slice(0, end))
    .map((line) => line.replace(/^[\s>]+/, '').trim())
    .filter((line) => line !== '')
    .slice(-8);
}

const missingAttribute = /cargo-boxed: no attribute ([A-Za-z0-9_.-]{1,200}) for ([a-z][A-Za-z0-9 .+-]{0,100})/;

/** The attribute that the evaluation did not find, to look for the nearest; `null`: it failed for another reason. */
export function missingName(said: string): string | null {
  return missingAttribute.exec(said)?.[1] ?? null;
}

/** What failed, in our words and with Nix's own. `names`: all attributes that there are, if one was missing. */
export function explainNix(step: NixStep, end: NixEnd, names: readonly string[] = []): Problem {
  if (end.startError !== null)
    return { code: 'environment', what: 'Nix cannot be started', why: printable(end.startError) };
  if (end.timedOut) {
    return {
      code: 'time-limit',
      what: `Nix was given up: it did not ${step} in time`,
      fix: 'Look at what `nix.packages` and `nix.nixpkgs` name, or set a longer `limits.time`.',
    };
  }
  const missing = missingAttribute.exec(end.said);
  if (missing !== null) return missingProblem(missing[1] ?? '', missing[2] ?? '', names);
  for (const { pattern, problem } of known) {
    const found = pattern.exec(end.said);
    if (found !== null) return withWords(problem(found), end.said);
  }
  const place = /at (\/\S{1,400}):(\d{1,7}):(\d{1,7})/.exec(end.said);
  const what = {
    fetch: 'Nix cannot fetch a pin',
    evaluate: 'the Nix environment cannot be evaluated',
    build: 'the Nix environment cannot be built',
  };
  return {
    code: 'environment',
    what: what[step],
    ...(place === null
      ? {}
      : { where: { file: printable(place[1] ?? ''), line: Number(place[2]), column: Number(place[3]) } }),
    why: lastWords(end.said) || `it ended by ${end.signal ?? `status ${end.status}`}`,
  };
}

function missingProblem(name: string, whose: string, names: readonly string[]): Problem {
  const near = nearest(name, names);
  return {
    code: 'config',
    what: `this nixpkgs has no attribute \`${printable(name)}\`, which ${whose.startsWith('the layer') ? `${whose} is` : `\`${whose}\` names`}`,
    fix:
      near === null
        ? 'Look for its name at search.nixos.org, or take another `nix.nixpkgs`.'
        : `Did you mean \`${printable(near)}\`?`,
  };
}

function withWords(problem: Problem, said: string): Problem {
  const words = lastWords(said);
  return problem.why !== undefined || words === '' ? problem : { ...problem, why: words };
}

/** The error itself, without what only says how to see more. */
function lastWords(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  const told = lines.filter((line) => line !== '' && !/^\(use '--show-trace|^warning: /.test(line));
  const from = told.findLastIndex((line) => line.startsWith('error:'));
  return printable((from === -1 ? told.slice(-3) : told.slice(from, from + 4)).join('; '), 600);
}
