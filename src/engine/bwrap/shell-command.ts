import { quoteShell, shellLines } from '../../base/quote-shell.ts';
import type { ResolvedBox } from '../engine.ts';
import { type BwrapSurroundings, bwrapArguments } from './bwrap-arguments.ts';
import type { BwrapPrograms } from './launch-command.ts';
import { type Architecture, allocationOf, seccompFilter } from './seccomp-filter.ts';

/**
 * The box as a command for bash that does the same without us. Limits that need control groups, the wall clock and the
 * filter of the output are ours and not in it.
 */
export function bwrapShellCommand(
  programs: BwrapPrograms,
  box: ResolvedBox,
  surroundings: BwrapSurroundings,
  architecture: Architecture,
): string {
  const filter = Buffer.from(seccompFilter(architecture, allocationOf(box))).toString('base64');
  const lines = shellLines([
    ['env', '-i'],
    [programs.prlimit, '--core=0:0', '--'],
    [programs.bwrap],
    ...optionGroups(bwrapArguments(box, surroundings)),
    ['--seccomp', '9'],
    ['--', ...box.argv],
  ]);
  return `${lines} 9< <(base64 -d <<<${quoteShell(filter)})\n`;
}

/** Each option with its values, a line each; a variable's value that looks like an option only begins another line. */
function optionGroups(options: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const word of options) {
    if (word.startsWith('--') || groups.length === 0) groups.push([word]);
    else groups.at(-1)?.push(word);
  }
  return groups;
}
