/**
 * What went wrong and what the reader can do about it. A value that is collected and returned, never thrown.
 * The text is for a terminal: no control characters of foreign origin (see `printable`).
 */
export interface Problem {
  readonly code: ProblemCode;
  /** What happened, one sentence without a final full stop. */
  readonly what: string;
  readonly where?: Place;
  /** The cause, when `what` does not say it. */
  readonly why?: string;
  /** What to do now: a sentence or a command. */
  readonly fix?: string;
  /** For programs: what a project asks for and was not granted, one by one. People read it in `why`. */
  readonly asks?: readonly OpenAsk[];
}

/** An ask without an answer, as data. The texts are foreign. */
export interface OpenAsk {
  readonly key: string;
  readonly value: string;
  readonly where: Place;
  /** Values of the same key that were granted and are asked no more: the old side of a change. */
  readonly before: readonly string[];
  /** The command that grants this one and nothing else, as an argv. */
  readonly grant: readonly string[];
}

/** A place in a file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Each expected failure and the exit code it leads to; `--json` prints the code, so the names are stable. */
export const problemCodes = {
  usage: 64,
  'no-manifest': 66,
  'lock-missing': 65,
  'lock-outdated': 65,
  'lock-broken': 65,
  /** `cargo-boxed.lock` is of a later release of ours. */
  'lock-newer': 78,
  /** As cargo ends for a command that it does not know. */
  'no-such-command': 101,
  /** Cargo itself refused Cargo.lock under `--locked`: its own exit code. */
  'lock-refused': 101,
  'engine-missing': 69,
  'engine-failed': 69,
  'fetch-failed': 75,
  'registry-failed': 75,
  'checksum-mismatch': 65,
  /** A limit of time or silence was reached before there was a box of the project. */
  'time-limit': 124,
  'archive-refused': 77,
  refused: 77,
  'not-enforceable': 77,
  config: 78,
  manifest: 78,
  toolchain: 78,
  environment: 78,
  path: 78,
  storage: 74,
  internal: 70,
} as const satisfies Record<string, number>;
export type ProblemCode = keyof typeof problemCodes;

/** Foreign text made safe to print: what acts on a terminal or hides in a text is escaped; at most `limit` characters. */
export function printable(text: string, limit = 300): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return /[^ -~]/.test(cut) ? cut.replace(unprintable(), byNumber) : cut;
}

/** Control characters, those that turn the direction, that end a line for some, and that nobody sees. */
function unprintable(): RegExp {
  // Made when one may be there: the tables of Unicode take 1 ms.
  return /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufff9-\ufffb]|\p{Default_Ignorable_Code_Point}/gu;
}

/** The same for a name that has to be told from others: letters that only look like those of ASCII are escaped too. */
export function printableName(name: string): string {
  return printable(name).replace(/[^ -~\u2026]/gu, byNumber);
}

function byNumber(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
