/** One word for a POSIX shell, whatever is in it. Only for showing: nothing of ours goes through a shell. */
export function quoteShell(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command over several lines: each group of words on a line of its own. */
export function shellLines(groups: readonly (readonly string[])[]): string {
  return groups.map((words) => words.map(quoteShell).join(' ')).join(' \\\n  ');
}
