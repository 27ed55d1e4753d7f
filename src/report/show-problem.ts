import type { Problem } from '../problem/problem.ts';
import { printable } from '../problem/problem.ts';

/** A problem in the form that cargo and rustc have taught: what, where, why, what to do. */
export function problemText(problem: Problem, color: boolean): string {
  const paint = (code: string, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const more = (label: string, text: string) => {
    const [first = '', ...rest] = safeLines(label === '' ? text : `${label}: ${text}`);
    return [` ${paint('1;34', '=')} ${first}`, ...rest.map((line) => `   ${line}`)];
  };
  const [what = '', ...rest] = safeLines(problem.what);
  const lines = [`${paint('1;31', `error[${problem.code}]`)}: ${what}`, ...rest.map((line) => `  ${line}`)];
  if (problem.where !== undefined) {
    const { file, line, column } = problem.where;
    const place = [printable(file, longestPath), line, column].filter((part) => part !== undefined).join(':');
    lines.push(` ${paint('1;34', '-->')} ${place}`);
  }
  if (problem.why !== undefined) lines.push(...more('', problem.why));
  if (problem.fix !== undefined) lines.push(...more('help', problem.fix));
  return `${lines.join('\n')}\n`;
}

const longestPath = 4096;
const longestLine = 16 * 1024;

/** Problems are made of safe text already; a second look costs nothing and forgives a slip. */
function safeLines(text: string): string[] {
  return text.split('\n').map((line) => printable(line, longestLine));
}
