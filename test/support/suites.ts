/** The suites of `npm test`, in the order in which they run: what fails fast comes first. */
export interface Suite {
  readonly name: string;
  /** Below `test/`. */
  readonly folder: string;
  readonly files: 'folder' | 'tree';
  /** `each`: once per engine, which tests see as CARGO_BOXED_TEST_ENGINE. `own`: the tests choose or need none. */
  readonly engines: 'each' | 'bwrap' | 'own';
  /** What is inside of the boxes that tests start without saying so; Debian when it is left out. */
  readonly environment?: 'nix';
  readonly identities: readonly Identity[];
  readonly limitMinutes: number;
  /** Test files side by side: more where they mostly wait. */
  readonly concurrency: number;
}
export type Identity = 'root' | 'user';
export type EngineName = 'bwrap' | 'docker';

export const suites: readonly Suite[] = [
  {
    name: 'unit',
    folder: 'unit',
    files: 'tree',
    engines: 'own',
    identities: ['root'],
    limitMinutes: 5,
    concurrency: 2,
  },
  {
    name: 'fuzz',
    folder: 'fuzz',
    files: 'tree',
    engines: 'own',
    identities: ['root'],
    limitMinutes: 4,
    concurrency: 1,
  },
  // What root may do and others may not looks different from the other side.
  {
    name: 'unit: customs',
    folder: 'unit/customs',
    files: 'tree',
    engines: 'own',
    identities: ['user'],
    limitMinutes: 3,
    concurrency: 2,
  },
  {
    name: 'contract',
    folder: 'contract',
    files: 'folder',
    engines: 'own',
    identities: ['root', 'user'],
    limitMinutes: 20,
    concurrency: 1,
  },
  // Mostly packing and sending of images, which is the same for everybody; what is not stands in the suite above.
  {
    name: 'contract: images',
    folder: 'contract/images',
    files: 'tree',
    engines: 'own',
    identities: ['root'],
    limitMinutes: 15,
    concurrency: 2,
  },
  // These start and kill daemons of their own, which needs root.
  {
    name: 'contract: docker',
    folder: 'contract/docker',
    files: 'tree',
    engines: 'own',
    identities: ['root'],
    limitMinutes: 30,
    concurrency: 1,
  },
  {
    name: 'e2e: bad input',
    folder: 'e2e/bad-input',
    files: 'tree',
    engines: 'own',
    identities: ['root', 'user'],
    limitMinutes: 5,
    concurrency: 2,
  },
  {
    name: 'e2e',
    folder: 'e2e',
    files: 'folder',
    engines: 'each',
    identities: ['root', 'user'],
    limitMinutes: 20,
    concurrency: 2,
  },
  // Each is some ten builds.
  {
    name: 'verify',
    folder: 'verify',
    files: 'tree',
    engines: 'each',
    identities: ['user'],
    limitMinutes: 10,
    concurrency: 1,
  },
  {
    name: 'hostile',
    folder: 'hostile',
    files: 'folder',
    engines: 'each',
    identities: ['root', 'user'],
    limitMinutes: 15,
    concurrency: 2,
  },
  // Real Nix on a stand-in for nixpkgs, in a store of its own.
  {
    name: 'nix',
    folder: 'nix',
    files: 'tree',
    engines: 'own',
    identities: ['root', 'user'],
    limitMinutes: 20,
    concurrency: 1,
  },
  // The same attacks in boxes of Nix.
  {
    name: 'hostile: nix',
    folder: 'hostile',
    files: 'folder',
    engines: 'bwrap',
    environment: 'nix',
    identities: ['root'],
    limitMinutes: 15,
    concurrency: 2,
  },
  // Limits, what is left afterwards, and time: nothing else may run beside.
  {
    name: 'hostile: alone',
    folder: 'hostile/alone',
    files: 'tree',
    engines: 'each',
    identities: ['root', 'user'],
    limitMinutes: 10,
    concurrency: 1,
  },
  {
    name: 'real project',
    folder: 'real',
    files: 'tree',
    engines: 'each',
    identities: ['user'],
    limitMinutes: 10,
    concurrency: 1,
  },
];

/** What `npm run check` runs besides the unit tests: each is one result. */
export const checks = ['types', 'lint', 'borders'] as const;
