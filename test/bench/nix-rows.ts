import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { standIn } from '../support/nixpkgs/nix-home.ts';
import { type Row, ratioRow } from './bench-rows.ts';
import type { Bench } from './bench-setup.ts';
import { writeProgram } from './layer-rows.ts';
import { compare, mustSucceed, type Side } from './measure.ts';

// A program without dependencies: what cargo itself does, which is the same on both sides, hides least.

/** The closure of the stand-in for nixpkgs, in the place of Debian. */
function inNix(side: Side, more: Readonly<Record<string, string>> = {}): Side {
  const nix = { CARGO_BOXED_ENVIRONMENT: 'nix', CARGO_BOXED_NIX_NIXPKGS: standIn(), NIX_CONFIG: 'substituters =' };
  return { ...side, variables: { ...side.variables, ...nix, ...more } };
}

export async function noOpNix(bench: Bench): Promise<Row> {
  const debian = bench.boxed('bwrap', ['build'], writeProgram(join(bench.folder, 'in-debian'), []));
  const nix = inNix({ ...debian, folder: writeProgram(join(bench.folder, 'in-nix'), []) });
  for (const side of [nix, debian]) await mustSucceed(side);
  return ratioRow('no-op build in nix, against the same in debian', await compare(nix, debian, 41), 1.1);
}

/** Programs of Nix among all that such a build starts. */
export async function nixProcesses(bench: Bench): Promise<Row> {
  const nix = inNix(bench.boxed('bwrap', ['build'], writeProgram(join(bench.folder, 'traced'), [])));
  await mustSucceed(nix);
  const trace = join(bench.folder, 'trace');
  await mustSucceed({ ...nix, argv: ['strace', '-f', '-qq', '-e', 'trace=execve', '-o', trace, ...nix.argv] });
  const started = readFileSync(trace, 'utf8').match(/execve\("[^"]+".* = 0$/gm) ?? [];
  if (!started.some((line) => line.includes('bwrap'))) throw new Error(`no box was traced:\n${started.join('\n')}`);
  const ofNix = started.filter((line) => /^execve\("[^"]*\/nix(?:-[a-z]+)*"/.test(line));
  return {
    what: 'programs of Nix that a no-op build starts',
    ours: `${ofNix.length} of ${started.length}`,
    theirs: '',
    result: `${ofNix.length}`,
    bar: '0',
    held: ofNix.length === 0,
  };
}

/** A closure of five hundred paths, against one of twenty. */
export async function largeClosure(bench: Bench): Promise<Row> {
  const side = (name: string, more: Readonly<Record<string, string>>) =>
    inNix(bench.boxed('bwrap', ['exec', '--', 'env'], writeProgram(join(bench.folder, name), [])), more);
  const few = side('few-paths', {});
  const many = side('many-paths', { CARGO_BOXED_NIX_PACKAGES: 'many-paths' });
  for (const one of [few, many]) await mustSucceed(one);
  const found = await compare(many, few, 41);
  return {
    what: 'a box with a closure of 500 paths, against one of 20',
    ours: `${found.oursMs.toFixed(0)} ms`,
    theirs: `${found.theirsMs.toFixed(0)} ms`,
    result: `+ ${found.moreMs.toFixed(1)} ms (${found.pairs} pairs)`,
    bar: '≤ + 30 ms',
    held: found.moreMs <= 30,
  };
}
