import type { Problem } from '../problem/problem.ts';
import { printable } from '../problem/problem.ts';

/** A problem in the form that cargo and rustc have taught: what, where, why, what to do. */
export function problemText(problem: Problem, color: boolean): string {
  const red = (text: string) => (color ? `\u001b[1;31m${text}\u001b[0m` : text);
  const lines = [`${red('error')}: ${problem.what}`];
  if (problem.where !== undefined) {
    const { file, line, column } = problem.where;
    const place = [printable(file, 4096), line, column].filter((part) => part !== undefined).join(':');
    lines.push(`  --> ${place}`);
  }
  if (problem.why !== undefined) lines.push(`  why: ${problem.why}`);
  if (problem.fix !== undefined) lines.push(`  help: ${problem.fix}`);
  return `${lines.join('\n')}\n`;
}
