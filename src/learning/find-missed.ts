import { describeWanted, type Missed, type Wanted } from '../layers/wanted.ts';
import type { Learned } from '../lock/pins.ts';
import type { Failures } from './read-failures.ts';
import type { BuildRecord } from './read-record.ts';

/** What a package that failed may lack: in each rank what stands for the same thing, the best evidence first. */
export interface Evidence {
  readonly crate: string;
  readonly ranks: readonly (readonly Missed[])[];
}

/** A module stands for all that it brings: a script that has it asks for nothing else, nor does it build a copy of its own. */
const kindsOfMessages: readonly (readonly Wanted['kind'][])[] = [
  ['module'],
  ['library', 'header', 'cmake-package'],
  ['program'],
];

/** Programs that fetch, and do nothing else for a build: in a box there is nothing for them to reach. */
const fetchers: ReadonlySet<string> = new Set(['curl', 'wget', 'aria2c']);

/**
 * For each package that failed: what messages say, then what it asked pkg-config, then which programs it could not start,
 * then the library that it says it links, then what the catalogue knows of it, then which programs it looked for by
 * `which`, then Debian packages that its messages name.
 * One that did not fail can do without what it looked for.
 */
export function findMissed(
  failures: Failures,
  record: BuildRecord,
  linksOf: (crate: string) => readonly string[],
): readonly Evidence[] {
  return failures.crates.map((crate) => {
    const own = (list: readonly Missed[]) => list.filter((missed) => missed.crate === crate);
    const noted = (kind: 'module' | 'program' | 'library', names: readonly string[] | undefined) =>
      (names ?? []).map((name): Missed => ({ crate, wanted: { kind, name } }));
    const ranks = [
      ...kindsOfMessages.map((kinds) => own(failures.missed).filter(({ wanted }) => kinds.includes(wanted.kind))),
      noted('module', record.asked.get(crate)),
      noted('program', record.absent.get(crate)),
      guessed(noted('library', linksOf(crate))),
      [{ crate, wanted: { kind: 'crate', name: crate } } as const],
      guessed(noted('program', record.sought.get(crate))),
      own(failures.hints),
    ];
    const useful = ranks.map((rank) =>
      rank.filter(({ wanted }) => wanted.kind !== 'program' || !fetchers.has(wanted.name)),
    );
    return { crate, ranks: useful.filter((rank) => rank.length > 0) };
  });
}

/** Where nothing has it, it is not said to be missing. */
function guessed(missed: readonly Missed[]): readonly Missed[] {
  return missed.map((one) => ({ ...one, isGuess: true }));
}

/** All packages that looked for what an addition was found by, its own among them. */
export function cratesThatWant(
  evidence: readonly Evidence[],
  { crate, wanted }: Pick<Learned, 'crate' | 'wanted'>,
): readonly string[] {
  const others = evidence.filter(({ ranks }) =>
    ranks.flat().some((missed) => describeWanted(missed.wanted) === wanted),
  );
  return [...new Set([crate, ...others.map((one) => one.crate)])];
}
