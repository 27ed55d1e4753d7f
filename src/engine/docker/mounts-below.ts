/**
 * The mount points strictly below a folder, parents first, from the text of /proc/self/mountinfo. Docker's read-only
 * bind mounts are not recursive (measured with 20.10): what is mounted below the source would stay writable.
 */
export function mountsBelow(mountinfo: string, folder: string): readonly string[] {
  const prefix = folder === '/' ? '/' : `${folder}/`;
  const points = mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4])
    .filter((field): field is string => field !== undefined)
    .map(unescapeField)
    .filter((point) => point.startsWith(prefix) && point !== folder);
  return [...new Set(points)].sort();
}

/** The kernel writes blank, tab, newline and backslash as octal. The bytes of a path that is not UTF-8 are kept as read. */
function unescapeField(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
