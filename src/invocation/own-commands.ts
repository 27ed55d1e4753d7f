import type { OwnCommandName } from './invocation.ts';

/** A command of ours: one definition for parsing, help and completions. */
export interface OwnCommandDefinition {
  readonly name: OwnCommandName;
  /** What follows the name, as help writes it. */
  readonly usage: string;
  /**
   * `none`: nothing but options. `words`: as many as `maximumWords`. `command`: a cargo command, untouched from its
   * name on. `program`: a program and its arguments, untouched.
   */
  readonly takes: 'none' | 'words' | 'command' | 'program';
  readonly maximumWords: number;
  /** The only words there are; empty when they are free. */
  readonly words: readonly string[];
  readonly options: readonly OwnOption[];
  readonly json: 'understood' | 'refused';
  readonly summary: string;
}

export interface OwnOption {
  readonly long: string;
  readonly placeholder: string | null;
  readonly allowed: readonly string[];
  readonly summary: string;
}

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const plain = { usage: '', takes: 'none', maximumWords: 0, words: [], options: [], json: 'understood' } as const;

const all = { long: '--all', placeholder: null, allowed: [], summary: 'Everything' } as const;
const mostKeys = 1000;

export const ownCommands: readonly OwnCommandDefinition[] = [
  {
    ...plain,
    name: 'plan',
    usage: '[--as shell] [COMMAND [ARGS…]]',
    takes: 'command',
    options: [{ long: '--as', placeholder: 'FORM', allowed: ['shell'], summary: 'Write the plan in another form' }],
    summary: 'Show what a command would do, without doing it',
  },
  {
    ...plain,
    name: 'lock',
    usage: '[--check] [--update [NAME]] [--only] [--default]',
    takes: 'words',
    maximumWords: 1,
    options: [
      { long: '--check', placeholder: null, allowed: [], summary: 'Say whether the lock is current, write nothing' },
      {
        long: '--update',
        placeholder: null,
        allowed: [],
        summary: 'Look for what is newest today, of all or of a layer, package, base, image, nixpkgs or toolchain',
      },
      {
        long: '--only',
        placeholder: null,
        allowed: [],
        summary: 'Leave out what the lock has for other machines and environments',
      },
      { long: '--default', placeholder: null, allowed: [], summary: 'Pin your own default, not the project' },
    ],
    summary: 'Pin the environment in cargo-boxed.lock',
  },
  {
    ...plain,
    name: 'exec',
    usage: '-- PROGRAM [ARGS…]',
    takes: 'program',
    json: 'refused',
    summary: 'Run a program in the box',
  },
  { ...plain, name: 'shell', json: 'refused', summary: 'Open a shell in the box' },
  { ...plain, name: 'status', summary: 'Show the settings, where each is from, and what the box holds' },
  { ...plain, name: 'ls', summary: 'List what is kept: targets, roots, crates' },
  {
    ...plain,
    name: 'prune',
    usage: '[--all]',
    options: [{ long: '--all', placeholder: null, allowed: [], summary: 'Delete everything that can be made again' }],
    summary: 'Delete what no project needs any more',
  },
  { ...plain, name: 'reset', summary: 'Delete what is kept for this project' },
  {
    ...plain,
    name: 'layers',
    usage: '[search WORD | show NAME | add NAME… | remove NAME…]',
    takes: 'words',
    maximumWords: mostKeys,
    summary: 'List, find, add and remove system libraries',
  },
  {
    ...plain,
    name: 'image',
    usage:
      'build [--output FORM] [--with-crates | --with-deps [--release]] [--sbom FORMAT] [--provenance] | check IMAGE | push NAME [--sign KEY]',
    takes: 'words',
    maximumWords: 2,
    options: [
      {
        long: '--output',
        placeholder: 'FORM',
        allowed: [],
        summary: 'Where it goes: oci:DIR, tar:FILE, docker, docker:NAME:TAG (default: oci:target/boxed-image)',
      },
      {
        long: '--sbom',
        placeholder: 'FORMAT',
        allowed: ['cyclonedx', 'spdx'],
        summary: 'Write a bill of materials beside it',
      },
      { long: '--with-crates', placeholder: null, allowed: [], summary: 'With the crates of Cargo.lock in it' },
      { long: '--with-deps', placeholder: null, allowed: [], summary: 'With the crates, and compiled: see the README' },
      { long: '--release', placeholder: null, allowed: [], summary: 'Of --with-deps: compiled for release' },
      { long: '--provenance', placeholder: null, allowed: [], summary: 'Write beside it how it came to be (SLSA)' },
      { long: '--sign', placeholder: 'KEY', allowed: [], summary: 'Have cosign sign what was pushed, with this key' },
    ],
    summary: 'Make an OCI image of the lock, push it, or compare one with it',
  },
  {
    ...plain,
    name: 'cache',
    usage: 'export FILE | import FILE',
    takes: 'words',
    maximumWords: 2,
    summary: 'Carry what was fetched and built to another machine',
  },
  {
    ...plain,
    name: 'devcontainer',
    usage: '[--mode MODE] [--from REPOSITORY] [--check] | check [FILE] | feature',
    takes: 'words',
    maximumWords: 2,
    options: [
      {
        long: '--mode',
        placeholder: 'MODE',
        allowed: ['strict', 'editor'],
        summary: 'The project inside: read-only, or writable (default: as it is, else strict)',
      },
      {
        long: '--from',
        placeholder: 'REPOSITORY',
        allowed: [],
        summary: 'Name the image by its digest in a registry, not by its id',
      },
      {
        long: '--check',
        placeholder: null,
        allowed: [],
        summary: 'Say how file, lock and image differ, write nothing',
      },
    ],
    summary: 'Write devcontainer.json of the lock, or look what one opens',
  },
  {
    ...plain,
    name: 'ci',
    usage: 'github | gitlab [--from REPOSITORY] [--tool SPEC] [--check]',
    takes: 'words',
    maximumWords: 1,
    words: ['github', 'gitlab'],
    options: [
      { long: '--from', placeholder: 'REPOSITORY', allowed: [], summary: 'Where the image is: HOST/NAME' },
      { long: '--tool', placeholder: 'SPEC', allowed: [], summary: 'What npm installs there (default: this version)' },
      {
        long: '--check',
        placeholder: null,
        allowed: [],
        summary: 'Say how it has drifted from the lock, write nothing',
      },
    ],
    summary: 'Write a workflow that builds in the image of the lock',
  },
  {
    ...plain,
    name: 'grant',
    usage: 'KEY… | --all | --import FILE --sha256 HASH',
    takes: 'words',
    maximumWords: mostKeys,
    options: [
      all,
      { long: '--import', placeholder: 'FILE', allowed: [], summary: "Take an organisation's grants" },
      { long: '--sha256', placeholder: 'HASH', allowed: [], summary: 'The sha256 of that file' },
    ],
    summary: 'Allow what a project asks for: KEY, or KEY=VALUE for one value',
  },
  { ...plain, name: 'grants', summary: 'List what is asked here, and all that is granted' },
  {
    ...plain,
    name: 'revoke',
    usage: 'KEY… | --all | --imported HASH',
    takes: 'words',
    maximumWords: mostKeys,
    options: [all, { long: '--imported', placeholder: 'HASH', allowed: [], summary: 'Forget an imported file' }],
    summary: 'Take back what was granted to this project',
  },
  {
    ...plain,
    name: 'verify',
    usage: 'build [ARGS…]',
    takes: 'command',
    summary: 'Build twice in unlike boxes, and compare what comes out',
  },
  { ...plain, name: 'doctor', summary: 'Check what this machine can do, and say what is missing' },
  { ...plain, name: 'selftest', summary: 'Attack a box of this machine from inside, and say what it holds' },
  {
    ...plain,
    name: 'completions',
    usage: 'bash|zsh|fish',
    takes: 'words',
    maximumWords: 1,
    words: shells,
    summary: 'Print completions for a shell',
  },
  {
    ...plain,
    name: 'schema',
    usage: '[config | verify]',
    takes: 'words',
    maximumWords: 1,
    summary: 'Print the JSON schema of cargo-boxed.yaml or of `verify`',
  },
  { ...plain, name: 'help', usage: '[COMMAND]', takes: 'words', maximumWords: 1, summary: 'Show help' },
  { ...plain, name: 'version', summary: 'Show the version' },
];

export function findOwnCommand(name: string): OwnCommandDefinition | undefined {
  return ownCommands.find((command) => command.name === name);
}
