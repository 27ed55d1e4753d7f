import type { BoxFlags } from './invocation.ts';

/**
 * An option of the box, written before COMMAND. The one definition that parsing, help, completions and the
 * configuration read, so that the four cannot disagree.
 */
export interface BoxOption {
  /** Where the parsed value stands. */
  readonly field: keyof BoxFlags;
  /** `--engine`; `null` for `-C`, which has no long form (as in cargo). */
  readonly long: string | null;
  readonly short: string | null;
  /** `switch`: no value. `list`: a value, and the option may be repeated. */
  readonly kind: 'switch' | 'value' | 'list';
  /** How help names the value. */
  readonly placeholder: string | null;
  /** The only values there are; empty when it is free text. */
  readonly allowed: readonly string[];
  /** What a shell completes the value with. */
  readonly completes: 'file' | 'folder' | 'nothing';
  /** Takes the option's place when it is not given. A switch: `1` or `true`, `0` or `false`. A list: comma-separated. */
  readonly variable: `CARGO_BOXED_${string}`;
  /** The key of the configuration file that says the same; `null` where a file saying it makes no sense. */
  readonly configKey: string | null;
  /** For a switch with a key: the value that the key has when the switch is given. */
  readonly configValue?: boolean | string;
  /** One line, without a final full stop. */
  readonly summary: string;
}

/** Options that may be repeated. */
export const listFields = ['layers', 'limits', 'show'] as const satisfies readonly (keyof BoxFlags)[];
export type ListField = (typeof listFields)[number];

const value = { kind: 'value', allowed: [], completes: 'nothing', short: null } as const;
const toggle = { kind: 'switch', placeholder: null, allowed: [], completes: 'nothing', short: null } as const;

export const boxOptions: readonly BoxOption[] = [
  {
    ...value,
    field: 'engine',
    long: '--engine',
    placeholder: 'ENGINE',
    allowed: ['auto', 'bwrap', 'docker', 'none'],
    variable: 'CARGO_BOXED_ENGINE',
    configKey: 'engine',
    summary: 'What holds the wall',
  },
  {
    ...value,
    field: 'environment',
    long: '--environment',
    placeholder: 'KIND',
    allowed: ['debian', 'image', 'nix'],
    variable: 'CARGO_BOXED_ENVIRONMENT',
    configKey: 'environment',
    summary: 'What is inside: Debian packages, an image, or what Nix builds',
  },
  {
    ...value,
    field: 'image',
    long: '--image',
    placeholder: 'REF',
    variable: 'CARGO_BOXED_IMAGE',
    configKey: 'image',
    summary: 'The image of `--environment image`',
  },
  {
    ...value,
    field: 'config',
    long: '--config',
    placeholder: 'FILE',
    completes: 'file',
    variable: 'CARGO_BOXED_CONFIG',
    configKey: null,
    summary: "Use this file in the place of the project's cargo-boxed.yaml",
  },
  {
    ...value,
    field: 'directory',
    long: null,
    short: '-C',
    placeholder: 'DIR',
    completes: 'folder',
    variable: 'CARGO_BOXED_DIRECTORY',
    configKey: null,
    summary: 'Run as if started in DIR',
  },
  {
    ...value,
    field: 'layers',
    long: '--layer',
    kind: 'list',
    placeholder: 'NAME',
    variable: 'CARGO_BOXED_LAYER',
    configKey: 'layers',
    summary: 'Add a system library or tool, like `openssl`; repeatable',
  },
  {
    ...value,
    field: 'limits',
    long: '--limit',
    kind: 'list',
    placeholder: 'NAME=VALUE',
    variable: 'CARGO_BOXED_LIMIT',
    configKey: 'limits',
    summary: 'Limit the box, like `memory=4GiB`; repeatable',
  },
  {
    ...value,
    field: 'show',
    long: '--show',
    kind: 'list',
    placeholder: 'PATH',
    completes: 'file',
    variable: 'CARGO_BOXED_SHOW',
    configKey: 'show',
    summary: 'Show the box a file that is called like a secret; repeatable',
  },
  {
    ...toggle,
    field: 'addMissing',
    long: '--add-missing',
    variable: 'CARGO_BOXED_ADD_MISSING',
    configKey: 'layers.infer',
    configValue: 'learn',
    summary: 'Learn which layers a build needs, where that is switched off',
  },
  {
    ...toggle,
    field: 'pinned',
    long: '--pinned',
    variable: 'CARGO_BOXED_PINNED',
    configKey: 'pinned',
    configValue: true,
    summary: 'Refuse to run unless cargo-boxed.lock exists and is current',
  },
  {
    ...toggle,
    field: 'noExport',
    long: '--no-export',
    variable: 'CARGO_BOXED_NO_EXPORT',
    configKey: 'export',
    configValue: false,
    summary: 'Leave the results in the cache: no target/boxed',
  },
  {
    ...toggle,
    field: 'json',
    long: '--json',
    variable: 'CARGO_BOXED_JSON',
    configKey: null,
    summary: 'Report as JSON, one event a line',
  },
  {
    ...toggle,
    field: 'quiet',
    long: '--quiet',
    short: '-q',
    variable: 'CARGO_BOXED_QUIET',
    configKey: 'verbosity',
    configValue: 'quiet',
    summary: 'Say nothing but errors',
  },
  {
    ...toggle,
    field: 'verbose',
    long: '--verbose',
    short: '-v',
    variable: 'CARGO_BOXED_VERBOSE',
    configKey: 'verbosity',
    configValue: 'verbose',
    summary: 'Say what the box does and why',
  },
  {
    ...value,
    field: 'color',
    long: '--color',
    placeholder: 'WHEN',
    allowed: ['auto', 'always', 'never'],
    variable: 'CARGO_BOXED_COLOR',
    configKey: 'color',
    summary: 'Colour in the output',
  },
];

/** The variable that moves everything the tool keeps; it has no option since it must not differ from run to run. */
export const homeVariable = 'CARGO_BOXED_HOME';

/** How the option is written in a message: the long form where there is one. */
export function optionName(option: { readonly long: string | null; readonly short: string | null }): string {
  return option.long ?? option.short ?? '';
}
