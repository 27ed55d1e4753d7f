/** What was asked on the command line, before any file is read. */
export interface Invocation {
  /** `+nightly` without the plus. */
  readonly toolchain: string | null;
  readonly flags: BoxFlags;
  readonly command: CargoCommand | OwnCommand;
}

/** The box options that were written, as written but checked: absent means not given. */
export interface BoxFlags {
  readonly engine?: string;
  readonly environment?: string;
  readonly image?: string;
  /** A configuration file to use in the place of the project's own. */
  readonly config?: string;
  /** `-C DIR`: run as if started there. */
  readonly directory?: string;
  readonly addMissing?: true;
  readonly pinned?: true;
  readonly noExport?: true;
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly color?: 'auto' | 'always' | 'never';
  /** `--limit NAME=VALUE`, repeatable. */
  readonly limits: readonly string[];
  /** `--layer NAME`, repeatable. */
  readonly layers?: readonly string[];
  /** `--show PATH`, repeatable. */
  readonly show?: readonly string[];
}

export interface CargoCommand {
  readonly kind: 'cargo';
  /** As written: `b` stays `b`. */
  readonly name: string;
  /** All after the command's name, untouched. */
  readonly arguments: readonly string[];
  /**
   * Options of cargo itself that were written before the command, and that cargo wants there: `--locked`, `-Z x`.
   * `cargo`, these, `name`, `arguments`: that is always the command line.
   */
  readonly globalArguments: readonly string[];
}

export interface OwnCommand {
  readonly kind: 'own';
  readonly name: OwnCommandName;
  /** What stands after the name, without options. Of `exec` and `plan` all that belongs to the inner command. */
  readonly arguments: readonly string[];
  /** The command's own options, by name without dashes: `{ as: 'shell' }`. */
  readonly options: Readonly<Record<string, string | true>>;
  /** Of `plan` and `verify`: the command that is planned, or built twice. */
  readonly planned: CargoCommand | OwnCommand | null;
}

export const ownCommandNames = [
  'plan',
  'lock',
  'exec',
  'shell',
  'status',
  'ls',
  'prune',
  'reset',
  'layers',
  'image',
  'cache',
  'devcontainer',
  'ci',
  'grant',
  'grants',
  'revoke',
  'verify',
  'doctor',
  'selftest',
  'completions',
  'schema',
  'help',
  'version',
] as const;
export type OwnCommandName = (typeof ownCommandNames)[number];

/**
 * How a cargo command is run.
 * `offline`: in the box. `lock-writing`: in the fetch box on the skeleton; manifests and lock come back.
 * `source-writing`: in the box on a writable copy; sources come back. `creating`: like it, for new and init.
 * `fetch`: our fetch phase. `credentialed`, `unsupported`: refused with a reason.
 */
export type CommandClass =
  | 'offline'
  | 'lock-writing'
  | 'source-writing'
  | 'creating'
  | 'fetch'
  | 'credentialed'
  | 'unsupported';
