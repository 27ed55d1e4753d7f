/** Where what an archive has may go. */
export type CachePlace =
  | { readonly kind: 'package'; readonly sha256: string }
  /** `folder`: of a registry, as cargo names it; `file`: `NAME-VERSION.crate`. */
  | { readonly kind: 'crate'; readonly folder: string; readonly file: string }
  /** Below the target; never empty, absolute or climbing. */
  | { readonly kind: 'target'; readonly path: string };

/** The place of an entry by its name; `null`: no archive of ours has such a name. */
export function cachePlace(name: string): CachePlace | null {
  const plain = name.endsWith('/') ? name.slice(0, -1) : name;
  const sha256 = /^packages\/([0-9a-f]{64})\.deb$/.exec(plain)?.[1];
  if (sha256 !== undefined) return { kind: 'package', sha256 };
  const [, folder, file] = /^crates\/([A-Za-z0-9_.-]*-[0-9a-f]{16})\/([A-Za-z0-9_.+-]+\.crate)$/.exec(plain) ?? [];
  if (folder !== undefined && file !== undefined && !folder.startsWith('.')) return { kind: 'crate', folder, file };
  if (!plain.startsWith('target/')) return null;
  const path = plain.slice('target/'.length);
  const isPlain = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'));
  return isPlain ? { kind: 'target', path } : null;
}

export function packageEntry(sha256: string): string {
  return `packages/${sha256}.deb`;
}

export function crateEntry(folder: string, file: string): string {
  return `crates/${folder}/${file}`;
}

export function targetEntry(path: string): string {
  return `target/${path}`;
}
