import { createHash } from 'node:crypto';

/** So many of these names, others with each seed and the same with the same. */
export function sampleNames(names: readonly string[], count: number, seed: string): readonly string[] {
  const rank = (name: string) => createHash('sha256').update(`${seed} ${name}`).digest('hex');
  const ranked = names.map((name) => [rank(name), name] as const).sort(([left], [right]) => (left < right ? -1 : 1));
  return ranked.slice(0, count).map(([, name]) => name);
}

/** Today, as the seed of what changes from day to day. */
export function seedOfToday(): string {
  return new Date().toISOString().slice(0, 10);
}
