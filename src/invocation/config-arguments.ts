/** A piece of cargo configuration that the command line brings: it goes before all files. */
export type ConfigArgument =
  /** KEY=VALUE, as TOML. */
  | { readonly kind: 'text'; readonly text: string }
  /** Absolute, real, in the project. */
  | { readonly kind: 'file'; readonly file: string };

/** Read from the toolchain's own sources, in a way of its own. */
const elsewhere = new Set(['build-std']);

/**
 * Cargo's `-Z` options as the keys of `[unstable]` that mean the same: some of them change what cargo resolves to, and
 * none names a program.
 */
export function unstableOptions(words: readonly string[]): readonly ConfigArgument[] {
  return words.flatMap((word, index): readonly ConfigArgument[] => {
    if (!word.startsWith('-Z')) return [];
    const written = word === '-Z' ? (words[index + 1] ?? '') : word.slice(2);
    const [, name = '', value] = /^([a-z0-9-]+)(?:=([\w,.:-]*))?$/.exec(written) ?? [];
    if (name === '' || elsewhere.has(name)) return [];
    return [{ kind: 'text', text: `unstable.${name} = ${unstableValue(value)}` }];
  });
}

function unstableValue(value: string | undefined): string {
  if (value === undefined || value === 'yes') return 'true';
  if (value === 'no') return 'false';
  return JSON.stringify(value.includes(',') ? value.split(',') : value);
}
