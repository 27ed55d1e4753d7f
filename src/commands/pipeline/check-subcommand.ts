import { join } from 'node:path';
import { neededGlibc } from '../../facts/needed-glibc.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import type { Planned } from './make-plan.ts';

/** A program of the user's that wants a newer C library than the box has would only say so in the linker's words. */
export function checkSubcommand({ request, facts, settled }: Planned): readonly Problem[] {
  const binary = request.subcommandBinary;
  const library = settled.pins.debian?.packages.find(({ name }) => name === 'libc6')?.version;
  const held = /^2\.(\d+)/.exec(library ?? '')?.[1];
  if (binary === null || held === undefined) return [];
  const file = join(facts.host.cargoHome, 'bin', binary);
  const needed = neededGlibc(file);
  if (needed === null || needed <= Number(held)) return [];
  return [
    {
      code: 'environment',
      what: `${printable(binary)} needs the C library 2.${needed}, and the box has 2.${held}`,
      where: { file },
      fix: 'Use `suite: trixie`, or install the program anew on a system as old as the box.',
    },
  ];
}
