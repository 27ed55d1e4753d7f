/** A file of a package that a build can look for, by the places where Debian puts it. */
const places: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: 'module', pattern: /^usr\/(?:lib\/(?:[^/]+\/)?|share\/)pkgconfig\/([^/]+)\.pc$/ },
  { kind: 'library', pattern: /^usr\/lib\/(?:[a-z0-9_]+-linux-gnu[a-z0-9]*\/)?lib([^/]+)\.(?:so|a)$/ },
  { kind: 'program', pattern: /^(?:usr\/)?s?bin\/([^/]+)$/ },
  { kind: 'header', pattern: /^usr\/include\/(?:[a-z0-9_]+-linux-gnu[a-z0-9]*\/)?(.+\.(?:h|hh|hpp|hxx|inc))$/ },
  { kind: 'cmake-package', pattern: /\/cmake\/(?:[^/]+\/)?([^/]+)Config\.cmake$/ },
  { kind: 'cmake-package', pattern: /\/cmake\/(?:[^/]+\/)?([^/]+)-config\.cmake$/ },
];

/**
 * A line of a `Contents` file, `path  section/package,section/package`, as lines of the index: `kind name<tab>packages`.
 * Most lines give none. CMake's names are in small letters: people write them in every way. Headers count in packages that are made for building alone.
 */
export function contentsKeys(line: string): readonly string[] {
  const end = line.lastIndexOf(' ');
  if (end < 0 || line.startsWith('usr/share/doc/')) return [];
  const path = line.slice(0, end).trimEnd();
  const packages = line
    .slice(end + 1)
    .split(',')
    .map((word) => word.slice(word.lastIndexOf('/') + 1));
  return places.flatMap(({ kind, pattern }) => {
    const name = pattern.exec(path)?.[1];
    if (name === undefined) return [];
    const able = kind === 'header' ? packages.filter((one) => one.endsWith('-dev')) : packages;
    const key = kind === 'cmake-package' ? name.toLowerCase() : name;
    return able.length === 0 ? [] : [`${kind} ${key}\t${able.join(',')}`];
  });
}
