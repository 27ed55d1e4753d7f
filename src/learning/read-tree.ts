/** A package that a command compiles, with the features that it is compiled with. */
export interface ActivePackage {
  readonly name: string;
  readonly version: string;
  readonly features: ReadonlySet<string>;
  /** Names of the packages that it depends on in this build. */
  readonly dependencies: ReadonlySet<string>;
}

/** What `cargo tree` is asked for: the depth stands before it. The path of a package comes last, since it may hold anything. */
export const treeFormat = ' {f} {p}';

const mostLines = 200_000;

/**
 * Reads `cargo tree --prefix depth --format treeFormat`. A package that is compiled twice with other features, as for
 * build scripts, is two. A program of the project may have written there: a line that is no such one is passed over, and
 * names are only ever looked up.
 */
export function readTree(text: string): readonly ActivePackage[] {
  const found = new Map<string, ActivePackage & { readonly dependencies: Set<string> }>();
  const above: Set<string>[] = [];
  for (const line of text.split('\n', mostLines)) {
    const match = /^(\d{1,4}) (\S{0,20000}) ([A-Za-z_][\w-]{0,127}) v(\d[\w.+-]{0,127})(?: |$)/.exec(line);
    if (match === null) continue;
    const [, digits = '0', features = '', name = '', version = ''] = match;
    const depth = Number(digits);
    const key = `${name} ${version} ${features}`;
    const known = found.get(key) ?? {
      ...{ name, version, features: new Set(features.split(',').filter((word) => word !== '')) },
      dependencies: new Set<string>(),
    };
    found.set(key, known);
    above.length = Math.min(above.length, depth);
    above.at(-1)?.add(name);
    above.push(known.dependencies);
  }
  return [...found.values()];
}
