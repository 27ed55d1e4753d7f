import type { Wanted } from '../layers/wanted.ts';

/**
 * How programs say that something is missing: pkg-config, its crate and pkgconf, CMake and meson, the linkers, compilers,
 * shells, make, cargo and rustc. Each pattern is linear and takes a name of at most 64 characters. Any program in a box
 * can say the same: a name is only ever looked up.
 */
export interface Signal {
  readonly kind: Wanted['kind'];
  readonly pattern: RegExp;
  /** What is missing, where the words do not name it. */
  readonly name?: string;
}

const name = '([\\w.+-]{1,64})';
/** A program by its name, or where Debian has it: `/usr/bin/mold` is `mold`. */
const program = `(?:/usr/bin/)?${name}`;

export const signals: readonly Signal[] = [
  { kind: 'module', pattern: new RegExp(`Package '?${name}'? was not found in the pkg-config`, 'g') },
  { kind: 'module', pattern: new RegExp(`Package '${name}', required by '[^'\\n]{1,64}', not found`, 'g') },
  { kind: 'module', pattern: new RegExp(`No package '${name}' found`, 'g') },
  { kind: 'module', pattern: new RegExp(`The system library \`${name}\` required by crate`, 'g') },
  { kind: 'module', pattern: new RegExp(`Dependency "?${name}"? not found, tried`, 'g') },
  { kind: 'module', pattern: /Could not find directory of OpenSSL installation/g, name: 'openssl' },
  { kind: 'library', pattern: new RegExp(`cannot find -l:?${name}`, 'g') },
  { kind: 'library', pattern: new RegExp(`unable to find library -l:?${name}`, 'g') },
  { kind: 'library', pattern: new RegExp(`could not find native static library \`${name}\``, 'g') },
  { kind: 'header', pattern: /fatal error: ([\w.+/-]{1,128}): No such file or directory/g },
  { kind: 'header', pattern: /fatal error: '([\w.+/-]{1,128})' file not found/g },
  { kind: 'header', pattern: /header '([\w.+/-]{1,128})' does not exist/g },
  { kind: 'header', pattern: /(?:find|found|locate|missing)[^\n]{0,40}['"`]([\w.+/-]{1,128}\.h(?:pp)?)['"`]/g },
  { kind: 'program', pattern: new RegExp(`linker \`${program}\` not found`, 'g') },
  {
    kind: 'program',
    pattern: new RegExp(`invalid linker name in (?:argument )?'-(?:fuse-ld|-ld-path)=${program}'`, 'g'),
  },
  // gcc does not name it; of several `-fuse-ld` the last one counts, which is the one that people write.
  {
    kind: 'program',
    pattern: new RegExp(
      `"-fuse-ld=${name}"(?: "(?!-fuse-ld)[^"\\n]{0,200}"){0,8}\\n(?:[^\\n]{0,120}\\n)?[^\\n]{0,60}cannot find 'ld'`,
      'g',
    ),
  },
  { kind: 'program', pattern: new RegExp(`could not execute process \`${program}[ \`]`, 'g') },
  { kind: 'program', pattern: new RegExp(`is \`${name}\` not installed`, 'g') },
  { kind: 'program', pattern: new RegExp(`: \\d{1,5}: ${program}: not found`, 'g') },
  { kind: 'program', pattern: new RegExp(`: ${program}: command not found`, 'g') },
  { kind: 'program', pattern: new RegExp(`env: [‘']${name}[’']: No such file`, 'g') },
  { kind: 'program', pattern: new RegExp(`make(?:\\[\\d\\])?: ${name}: No such file or directory`, 'g') },
  { kind: 'program', pattern: new RegExp(`Could not find \`${name}\``, 'g') },
  { kind: 'program', pattern: /No CMAKE_Fortran_COMPILER could be found/g, name: 'gfortran' },
  { kind: 'program', pattern: /No CMAKE_ASM_NASM_COMPILER could be found/g, name: 'nasm' },
  { kind: 'program', pattern: /CMake Error at [^\n]{1,200}:\n\s{1,20}Failed to find ([\w.+-]{1,64})\n/g },
  {
    kind: 'cmake-package',
    pattern:
      /\b([A-Za-z0-9]{1,40})_\w{1,40}(?: \(ADVANCED\))?\n\s{1,20}(?:used as include directory|linked by target)/g,
  },
  { kind: 'cmake-package', pattern: new RegExp(`Could NOT find ${name} \\(missing`, 'g') },
  { kind: 'cmake-package', pattern: new RegExp(`package configuration file provided by "${name}"`, 'g') },
];

/** A Debian package that a message tells people to install. A guess: used where nothing else is known. */
export const packageHints: readonly Signal[] = [
  { kind: 'debian-package', pattern: /\b([a-z0-9][a-z0-9.+-]{1,62}-dev)\b/g },
];

/** What every one of these sentences has in it: most of what a build says has none of it, and is passed over at once. */
const oneOfThem =
  /not found|o such file|annot find|nable to find|ould not|ould NOT|ould be found|Failed to find|used as include|linked by target|required by crate|No package|not installed|invalid linker|locate|missing|to find|configuration file provided|does not exist|-dev\b/;

/** All that these say is missing in a text, in the order of the table, each once. */
export function findSignals(text: string, table: readonly Signal[] = signals): readonly Wanted[] {
  const found = new Map<string, Wanted>();
  if (!oneOfThem.test(text)) return [];
  for (const { kind, pattern, name: fixed } of table) {
    for (const { 1: captured } of text.matchAll(pattern)) {
      const wanted: Wanted = { kind, name: tidy(kind, fixed ?? captured ?? '') };
      const key = `${kind} ${wanted.name}`;
      if (wanted.name !== '' && found.size < mostSignals) found.set(key, wanted);
    }
  }
  return [...found.values()];
}

const mostSignals = 50;

/** `-l:libfoo.so.0` is `-lfoo`, `/usr/include/foo.h` is `foo.h`; a name at the end of a sentence has no full stop. */
function tidy(kind: Wanted['kind'], text: string): string {
  const plain = text.replace(/[.:]+$/, '');
  if (kind === 'header') return plain.replace(/^\/usr\/(?:local\/)?include\/(?:[\w]+-linux-gnu\w*\/)?/, '');
  return kind === 'library' ? plain.replace(/^lib(.+?)\.(?:so|a)(?:\.[\d.]+)?$/, '$1') : plain;
}
