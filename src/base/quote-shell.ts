/**
 * One word for bash, whatever is in it. Only for showing: nothing of ours goes through a shell. So what acts on a
 * terminal, or hides in a text, is written by its bytes.
 */
export function quoteShell(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  if (!harmful().test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  return `$'${word.replace(/[\\']/g, '\\$&').replace(harmful(), byBytes)}'`;
}

/** Control characters, those that turn the direction, end a line for some or cannot be seen. */
function harmful(): RegExp {
  // Made when one may be there: the tables of Unicode take 1 ms.
  return /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
}

function byBytes(character: string): string {
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

/** A command over several lines: each group of words on a line of its own. */
export function shellLines(groups: readonly (readonly string[])[]): string {
  return groups.map((words) => words.map(quoteShell).join(' ')).join(' \\\n  ');
}
