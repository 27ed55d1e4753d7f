import type { ManifestFacts } from '../facts/facts.ts';

/** `DEP/FEATURE` on a command line: it reaches what Cargo.lock does not name. */
export interface ExtraFeature {
  readonly dependency: string;
  readonly feature: string;
  /** As written. */
  readonly text: string;
}

/**
 * The features of packages outside of the workspace that a command line's own words switch on. Cargo.lock is resolved with all
 * features of the members, so only these can bring crates that it lacks.
 */
export function extraFeatures(
  cargoArguments: readonly string[],
  manifests: readonly ManifestFacts[],
): readonly ExtraFeature[] {
  const members = new Set(
    manifests.filter(({ role }) => role !== 'path-dependency').map(({ packageName }) => packageName),
  );
  return featureValues(cargoArguments).flatMap((text) => {
    const slash = text.indexOf('/');
    if (slash < 1) return [];
    const dependency = text.slice(0, slash).replace(/\?$/, '');
    return members.has(dependency) ? [] : [{ dependency, feature: text.slice(slash + 1), text }];
  });
}

/** `--features=VALUE`, and `-F` with switches before it and its value behind (`-vF`, `-qFa/b`, `-F=a/b`). */
const option = /^(?:--features=|-[vqrhnldwbi]*F=?)(.*)$/s;

/** All values of `--features` and `-F`: lists by comma or space, glued or apart. */
function featureValues(own: readonly string[]): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index < own.length; index++) {
    const argument = own[index] ?? '';
    const glued = argument === '--features' ? '' : option.exec(argument)?.[1];
    if (glued === '') values.push(own[++index] ?? '');
    else if (glued !== undefined) values.push(glued);
  }
  return values.flatMap((value) => value.split(/[\s,]+/)).filter((value) => value !== '');
}
