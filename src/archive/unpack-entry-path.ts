export type EntryPath = { readonly path: string } | { readonly refused: string };

const maximumPathBytes = 1024;
const maximumNameBytes = 255;

/**
 * Where an entry of a crate's archive goes, below the crate's own folder. Every entry has to lie below
 * `<name>-<version>/`; what climbs, is absolute, or only looks like a path of that folder is refused.
 */
export function entryPath(entryName: string, prefix: string): EntryPath {
  const refused = (why: string) => ({ refused: why });
  const name = entryName.endsWith('/') ? entryName.slice(0, -1) : entryName;
  if (name.startsWith('/')) return refused('its path is absolute');
  if (Buffer.byteLength(name) > maximumPathBytes) return refused('its path is too long');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f\\]/.test(name)) return refused('its path has a control character or a backslash');
  if (name.includes('\ufffd')) return refused('its path is not UTF-8');
  const parts = name.split('/');
  if (parts[0] !== prefix) return refused(`it lies outside of ${prefix}/`);
  const rest = parts.slice(1);
  for (const part of rest) {
    if (part === '' || part === '.' || part === '..') return refused('its path is not in its plainest form');
    if (Buffer.byteLength(part) > maximumNameBytes) return refused('its name is too long');
  }
  return { path: rest.join('/') };
}

/** Paths that a file system which ignores case, or composes letters, would take for the same one. */
export function foldedPath(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
