/** What two boxes of one build can differ in without its result being allowed to. In the order in which they are shown. */
export const variations = [
  'project-path',
  'target-path',
  'home',
  'user',
  'host-name',
  'locale',
  'time-zone',
  'clock',
  'cpus',
  'jobs',
  'file-order',
  'umask',
] as const;
export type Variation = (typeof variations)[number];

/** A build that is not the one a person wants, in a target of its own: one of several that are compared, or of an image. */
export interface Trial {
  /** Tells it from the others. */
  readonly name: string;
  readonly varies: readonly Variation[];
}

/**
 * What a box of another kind has in the place of the usual. The words are such that nothing else writes them: found in a
 * result, they say where it comes from. Paths are of another length, and below `/box`, where a root has a mount point.
 */
export const varied = {
  project: '/box/elsewhere/the-other-project',
  target: '/box/the-other-target',
  home: '/box/the-other-home',
  userName: 'somebody-else',
  userId: 54321,
  hostName: 'another-machine',
  locale: { LANG: 'C', LC_ALL: 'POSIX' },
  timeZone: 'XYZ-13:45',
  /** Neither of those that people have. */
  umask: '0027',
  /** Forward, so that no file is newer than now. Neither whole days nor whole hours. */
  clockShiftSeconds: 401 * 86_400 + 7 * 3600 + 13 * 60 + 17,
} as const;

/** Those that need a library of ours in every program of the box (`images/varied-box`). */
export const preloadedVariations = ['clock', 'cpus', 'file-order'] as const satisfies readonly Variation[];

/** Of a trial those that are preloaded, in the table's order. */
export function preloadedOf(trial: Trial | null): readonly Variation[] {
  return preloadedVariations.filter((name) => trial?.varies.includes(name));
}

/** What a box varies with this engine and these words of cargo; of the rest, why it cannot. */
export function possibleVariations(
  engine: 'bwrap' | 'docker',
  options: readonly string[],
): { readonly possible: readonly Variation[]; readonly not: Readonly<Partial<Record<Variation, string>>> } {
  const jobsAreGiven = options.some((option) => /^(-j\d*|--jobs(=.*)?)$/.test(option));
  const not = jobsAreGiven ? { jobs: 'the command says how many' } : {};
  // A container's ids are those of the machine: what another user makes would belong to somebody else here.
  const ofUser = engine === 'docker' ? 'by name only: the ids in a container are those of this machine' : null;
  return {
    possible: variations.filter((name) => !Object.hasOwn(not, name)),
    not: { ...not, ...(ofUser === null ? {} : { user: ofUser }) },
  };
}

/** A number of processors or jobs that is not this one. */
export function otherCount(count: number): number {
  return count === 1 ? 2 : 1;
}
