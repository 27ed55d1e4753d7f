import type { TomlTable } from '../facts/facts.ts';
import type { Wanted } from '../layers/wanted.ts';
import { valueAt } from '../toml/read-table.ts';
import { declaredModules } from './declared-modules.ts';
import type { ActivePackage } from './read-tree.ts';

/** What a crate of a build cannot do without, known before anything is built. */
export type Need =
  | { readonly told: 'manifest'; readonly crate: string; readonly oneOf: readonly Wanted[] }
  | { readonly told: 'measured'; readonly crate: string; readonly layer: string };

export interface Knowledge {
  /** The manifest of a crate; `null` where it cannot be read. */
  manifestOf(crate: ActivePackage): TomlTable | null;
  /** Layers without which the crate was measured to fail. */
  provenFor(crate: string): readonly string[];
  /** Whether a `cfg(…)` holds for what is built. */
  holds(cfg: string): boolean;
  /** Names of variables that the configuration gives to the box. */
  readonly variables: readonly string[];
}

/** A crate with such a feature, or such a variable, brings the library with it or looks for it only when it runs. */
const ownCopy = /(?:^|[-_])(?:bundled?|vendored?|static|source|src|internal|embedded|prebuilt|dlopen|dynamic|runtime)/i;
/** Dependencies with which a crate that asks for a library may also build it. */
const builders = /-src$|^(?:cc|cmake|autotools|meson|meson-next)$/;

/**
 * What these crates need for sure: modules that their manifests declare as required for system-deps, and layers that
 * measured builds of them failed without. Whatever gives a reason to think that a crate could do without is left to
 * learning: a library of its own, a feature or variable that asks for one, features that were not measured.
 */
export function findCertain(crates: readonly ActivePackage[], knowledge: Knowledge): readonly Need[] {
  if (knowledge.variables.some((name) => ownCopy.test(name) || name.startsWith('SYSTEM_DEPS_'))) return [];
  return crates
    .filter(({ features }) => ![...features].some((feature) => ownCopy.test(feature)))
    .flatMap((crate) => [...declaredNeeds(crate, knowledge), ...measuredNeeds(crate, knowledge)]);
}

function declaredNeeds(crate: ActivePackage, { manifestOf, holds }: Knowledge): readonly Need[] {
  const { name, features, dependencies } = crate;
  if (!dependencies.has('system-deps') || [...dependencies].some((one) => builders.test(one))) return [];
  const manifest = manifestOf(crate);
  if (manifest === null) return [];
  return declaredModules(manifest, features, holds).map((names) => ({
    ...{ told: 'manifest', crate: name },
    oneOf: names.map((module): Wanted => ({ kind: 'module', name: module })),
  }));
}

function measuredNeeds(crate: ActivePackage, { manifestOf, provenFor }: Knowledge): readonly Need[] {
  const layers = provenFor(crate.name);
  if (layers.length === 0) return [];
  const manifest = manifestOf(crate);
  if (manifest === null) return [];
  // Without its default features it is another crate than the one that was measured.
  const hasDefault = valueAt(manifest, 'features', 'default') !== undefined;
  if (hasDefault && !crate.features.has('default')) return [];
  return layers.map((layer) => ({ told: 'measured', crate: crate.name, layer }));
}
