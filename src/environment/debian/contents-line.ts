import type { DebianSuite } from '../../config/config.ts';

/**
 * A file of a package that a build can look for, by the places where Debian puts it. Some packages still name `/lib`,
 * which is `/usr/lib`.
 */
const places: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: 'module', pattern: /^(?:(?:usr\/)?lib\/(?:[^/]+\/)?|usr\/share\/)pkgconfig\/([^/]+)\.pc$/ },
  { kind: 'library', pattern: /^(?:usr\/)?lib\/(?:[a-z0-9_]+-linux-gnu[a-z0-9]*\/)?lib([^/]+)\.(?:so|a)$/ },
  { kind: 'program', pattern: /^(?:usr\/)?s?bin\/([^/]+)$/ },
  { kind: 'header', pattern: /^usr\/include\/(?:[a-z0-9_]+-linux-gnu[a-z0-9]*\/)?(.+\.(?:h|hh|hpp|hxx|inc))$/ },
  { kind: 'cmake-package', pattern: /\/cmake\/(?:[^/]+\/)?([^/]+)Config\.cmake$/ },
  { kind: 'cmake-package', pattern: /\/cmake\/(?:[^/]+\/)?([^/]+)-config\.cmake$/ },
  // CMake looks in folders that begin with the package's name, too.
  {
    kind: 'cmake-package',
    pattern:
      /^usr\/(?:lib\/(?:[a-z0-9_]+-linux-gnu[a-z0-9]*\/)?|share\/)(?=([^/]{1,64}?)[^/]*\/(?:cmake\/)?\1(?:-c|C)onfig\.cmake$)/i,
  },
];

/** Wherever a compiler is this one is, too: who misses a header of it misses one of another compiler. */
const comesWithCompiler = /^libgcc-\d+-dev$/;

/**
 * The folder of the suite's own gcc, where it looks for libraries and headers by itself; those of others are there to be
 * asked for.
 */
const compilers: Readonly<Record<DebianSuite, string>> = { bookworm: '12', trixie: '14' };
const ofCompiler =
  /^usr\/lib\/gcc\/[a-z0-9_]+-linux-gnu[a-z0-9]*\/([\d.]+)\/(?:lib([^/]+)\.(?:so|a)|include\/(.+\.h))$/;

/**
 * A line of a `Contents` file, `path  section/package,section/package`, as lines of the index: `kind name<tab>packages`.
 * Most lines give none. CMake's names are in small letters: people write them in every way. Headers count in packages that are made for building alone.
 */
export function contentsKeys(line: string, suite: DebianSuite): readonly string[] {
  const end = line.lastIndexOf(' ');
  if (end < 0 || line.startsWith('usr/share/doc/')) return [];
  const path = line.slice(0, end).trimEnd();
  const packages = line
    .slice(end + 1)
    .split(',')
    .map((word) => word.slice(word.lastIndexOf('/') + 1));
  return filesAt(path, suite).flatMap(({ kind, name }) => {
    const able = packages.filter((one) => (kind !== 'header' || one.endsWith('-dev')) && !comesWithCompiler.test(one));
    const key = kind === 'cmake-package' ? name.toLowerCase() : name;
    return able.length === 0 ? [] : [`${kind} ${key}\t${able.join(',')}`];
  });
}

function filesAt(path: string, suite: DebianSuite): readonly { readonly kind: string; readonly name: string }[] {
  const [, version, library, header] = ofCompiler.exec(path) ?? [];
  if (version !== undefined) {
    if (version !== compilers[suite]) return [];
    return library === undefined ? [{ kind: 'header', name: header ?? '' }] : [{ kind: 'library', name: library }];
  }
  return places.flatMap(({ kind, pattern }) => {
    const name = pattern.exec(path)?.[1];
    return name === undefined ? [] : [{ kind, name }];
  });
}
