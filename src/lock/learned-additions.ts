import { printable } from '../problem/problem.ts';
import type { Learned } from './pins.ts';

/** What was learned, as it is added to a base. */
export function learnedAdditions(learned: readonly Learned[]): {
  readonly layers: readonly string[];
  readonly packages: readonly string[];
} {
  const names = (kind: Learned['kind']) => learned.filter((one) => one.kind === kind).map(({ name }) => name);
  return { layers: names('layer'), packages: names('package') };
}

/** The suite in which it can be built, for who has named none; `null`: the default does. */
export function learnedSuite(learned: readonly Learned[]): Learned | null {
  return learned.find(({ kind }) => kind === 'suite') ?? null;
}

/** Why it is there, as it stands behind a colon: who looked for what, or is known to need it. */
export function describeLearned({ crate, wanted, told }: Learned): string {
  const name = printable(crate, 60);
  if (told === 'measured') return `${name} is known to need it`;
  const what = printable(wanted, 120);
  return told === 'manifest' ? `${name} says in its manifest that it needs ${what}` : `${name} looked for ${what}`;
}

/** Both, each once, in the order in which a lock has them. */
export function joinLearned(known: readonly Learned[], more: readonly Learned[]): readonly Learned[] {
  const fresh = more.filter((one) => !known.some((other) => isSameAddition(one, other)));
  return [...known, ...fresh].sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

/** Whether both add the same, whoever looked for it. */
export function isSameAddition(left: Addition, right: Addition): boolean {
  return keyOf(left) === keyOf(right);
}

export type Addition = Pick<Learned, 'kind' | 'name'>;

function keyOf({ kind, name }: Addition): string {
  return `${kind} ${name}`;
}
