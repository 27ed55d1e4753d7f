/** The suites of `npm test`, in the order in which they run: what fails fast comes first. */
export interface Suite {
  readonly name: string;
  /** Below `test/`. */
  readonly folder: string;
  readonly files: 'folder' | 'tree';
  /** Where it runs, each after the other. */
  readonly cells: readonly Cell[];
  /** What is inside of the boxes that tests start without saying so; Debian when it is left out. */
  readonly environment?: 'nix';
  /** A program of `test/` that makes, once for each identity, what all of its files share. */
  readonly prepare?: string;
  readonly limitMinutes: number;
  /** Test files side by side: more where they mostly wait. `together`: all in two processes. */
  readonly concurrency: number | 'together';
}
export type Identity = 'root' | 'user';
export type EngineName = 'bwrap' | 'docker';

/** As whom tests run, and on which engine, which they see as CARGO_BOXED_TEST_ENGINE; `null` where they choose or need none. */
export interface Cell {
  readonly identity: Identity;
  readonly engine: EngineName | null;
}

const cell = (identity: Identity, engine: EngineName | null): Cell => ({ identity, engine });
const asRoot = [cell('root', null)];
const asUser = [cell('user', null)];
const asBoth = [...asRoot, ...asUser];
/** Each engine and each identity once: for what depends on the one or the other, not on which of them go together. */
const eachOnce = [cell('root', 'docker'), cell('user', 'bwrap')];
export const everyPair = [...eachOnce, cell('root', 'bwrap'), cell('user', 'docker')];
const standInForNixpkgs = 'support/nixpkgs/prepare.ts';
const bothEngines = [cell('user', 'bwrap'), cell('user', 'docker')];

export const suites: readonly Suite[] = [
  {
    name: 'unit',
    folder: 'unit',
    files: 'tree',
    cells: asRoot,
    limitMinutes: 5,
    concurrency: 'together',
  },
  {
    name: 'fuzz',
    folder: 'fuzz',
    files: 'tree',
    cells: asRoot,
    limitMinutes: 4,
    concurrency: 1,
  },
  // What root may do and others may not looks different from the other side.
  {
    name: 'unit: customs',
    folder: 'unit/customs',
    files: 'tree',
    cells: asUser,
    limitMinutes: 3,
    concurrency: 'together',
  },
  // Roots are made in another way by root than by others.
  {
    name: 'contract: as both',
    folder: 'contract/as-both',
    files: 'tree',
    cells: asBoth,
    limitMinutes: 15,
    concurrency: 1,
  },
  {
    name: 'contract',
    folder: 'contract',
    files: 'folder',
    cells: asUser,
    limitMinutes: 20,
    concurrency: 2,
  },
  // Mostly packing and sending of images, which is the same for everybody; what is not stands in the suite above.
  {
    name: 'contract: images',
    folder: 'contract/images',
    files: 'tree',
    cells: asRoot,
    limitMinutes: 15,
    concurrency: 2,
  },
  // These start and kill daemons of their own, which needs root.
  {
    name: 'contract: docker',
    folder: 'contract/docker',
    files: 'tree',
    cells: asRoot,
    limitMinutes: 40,
    concurrency: 2,
  },
  {
    name: 'e2e: bad input',
    folder: 'e2e/bad-input',
    files: 'tree',
    cells: asBoth,
    limitMinutes: 5,
    concurrency: 2,
  },
  {
    name: 'e2e',
    folder: 'e2e',
    files: 'folder',
    cells: eachOnce,
    limitMinutes: 20,
    concurrency: 2,
  },
  // What a box is and how it ends, where it matters who starts it on which engine.
  {
    name: 'e2e: every pair',
    folder: 'e2e/every-pair',
    files: 'tree',
    cells: everyPair,
    limitMinutes: 10,
    concurrency: 2,
  },
  // Each is some ten builds.
  {
    name: 'verify',
    folder: 'verify',
    files: 'tree',
    cells: bothEngines,
    limitMinutes: 10,
    concurrency: 1,
  },
  {
    name: 'hostile',
    folder: 'hostile',
    files: 'folder',
    cells: everyPair,
    limitMinutes: 15,
    concurrency: 2,
  },
  // Attacks work where nothing stops them: bounded, once.
  {
    name: 'hostile: in the open',
    folder: 'hostile/in-the-open',
    files: 'tree',
    cells: asUser,
    limitMinutes: 3,
    concurrency: 1,
  },
  // Real Nix on a stand-in for nixpkgs, in a store of its own.
  {
    name: 'nix',
    folder: 'nix',
    files: 'folder',
    prepare: standInForNixpkgs,
    cells: asUser,
    limitMinutes: 20,
    concurrency: 2,
  },
  // What a store is and who may write to it is another thing for root.
  {
    name: 'nix: as both',
    folder: 'nix/as-both',
    files: 'tree',
    prepare: standInForNixpkgs,
    cells: asBoth,
    limitMinutes: 15,
    concurrency: 2,
  },
  // The same attacks in boxes of Nix.
  {
    name: 'hostile: nix',
    folder: 'hostile',
    files: 'folder',
    environment: 'nix',
    prepare: standInForNixpkgs,
    cells: [cell('root', 'bwrap')],
    limitMinutes: 15,
    concurrency: 2,
  },
  // Limits, what is left afterwards, and time: nothing else may run beside.
  {
    name: 'hostile: alone',
    folder: 'hostile/alone',
    files: 'tree',
    cells: eachOnce,
    limitMinutes: 10,
    concurrency: 1,
  },
  {
    name: 'hostile: alone, nix',
    folder: 'hostile/alone',
    files: 'tree',
    environment: 'nix',
    prepare: standInForNixpkgs,
    cells: [cell('root', 'bwrap')],
    limitMinutes: 10,
    concurrency: 1,
  },
  {
    name: 'real crates',
    folder: 'real/each-engine',
    files: 'tree',
    cells: bothEngines,
    limitMinutes: 10,
    concurrency: 1,
  },
  {
    name: 'real project',
    folder: 'real',
    files: 'folder',
    cells: asUser,
    limitMinutes: 15,
    concurrency: 1,
  },
];

/** What `npm run check` runs besides the unit tests: each is one result. */
export const checks = ['types', 'lint', 'borders'] as const;
