import type { Learned } from './pins.ts';

/** What was learned, as it is added to a base. */
export function learnedAdditions(learned: readonly Learned[]): {
  readonly layers: readonly string[];
  readonly packages: readonly string[];
} {
  const names = (kind: Learned['kind']) => learned.filter((one) => one.kind === kind).map(({ name }) => name);
  return { layers: names('layer'), packages: names('package') };
}
