/** Variables of the host that pass into every box by name. All others need `env:` in the configuration. */
export interface PassingVariable {
  /** A whole name, or with a final `*` all names that begin so and go on in capitals, digits and underscores. */
  readonly name: string;
  /** Part of the environment's identity: another value is another target directory. */
  readonly changesResult: boolean;
  /** Why it is harmless, and what for it is wanted. */
  readonly why: string;
}

const flags = 'text for the compiler, which runs in the box';
const shown = 'only how output looks';
const locale = 'a name; decides how tools sort and what is a letter';
const log = 'only what is written to the output';

export const passingTable: readonly PassingVariable[] = [
  { name: 'RUSTFLAGS', changesResult: true, why: flags },
  { name: 'RUSTDOCFLAGS', changesResult: true, why: flags },
  { name: 'CARGO_ENCODED_RUSTFLAGS', changesResult: true, why: flags },
  { name: 'CARGO_ENCODED_RUSTDOCFLAGS', changesResult: true, why: flags },
  { name: 'CARGO_BUILD_RUSTFLAGS', changesResult: true, why: flags },
  { name: 'CARGO_BUILD_RUSTDOCFLAGS', changesResult: true, why: flags },
  { name: 'CARGO_BUILD_TARGET', changesResult: true, why: 'the name of a target' },
  { name: 'CARGO_BUILD_INCREMENTAL', changesResult: true, why: 'a switch' },
  { name: 'CARGO_BUILD_WARNINGS', changesResult: false, why: 'only whether warnings fail a build' },
  { name: 'CARGO_BUILD_JOBS', changesResult: false, why: 'a number; the limits of the box hold whatever it is' },
  { name: 'CARGO_INCREMENTAL', changesResult: true, why: 'a switch' },
  { name: 'CARGO_PROFILE_*', changesResult: true, why: 'numbers, switches and names for the compiler' },
  { name: 'CARGO_TERM_*', changesResult: false, why: shown },
  { name: 'CARGO_LOG', changesResult: false, why: log },
  { name: 'RUSTC_BOOTSTRAP', changesResult: true, why: 'a switch; unstable features gain nothing against a box' },
  { name: 'RUSTC_LOG', changesResult: false, why: log },
  { name: 'RUST_BACKTRACE', changesResult: false, why: log },
  { name: 'RUST_LIB_BACKTRACE', changesResult: false, why: log },
  { name: 'RUST_LOG', changesResult: false, why: log },
  { name: 'RUST_LOG_STYLE', changesResult: false, why: log },
  { name: 'RUST_MIN_STACK', changesResult: false, why: 'a number; the limits of the box hold whatever it is' },
  { name: 'RUST_TEST_NOCAPTURE', changesResult: false, why: log },
  { name: 'RUST_TEST_SHUFFLE', changesResult: false, why: 'only the order of tests' },
  { name: 'RUST_TEST_SHUFFLE_SEED', changesResult: false, why: 'only the order of tests' },
  { name: 'RUST_TEST_THREADS', changesResult: false, why: 'a number; the limits of the box hold whatever it is' },
  { name: 'SOURCE_DATE_EPOCH', changesResult: true, why: 'a number; the clock of a reproducible build' },
  { name: 'CI', changesResult: true, why: 'a switch; cargo 1.99 and later build without increments under it' },
  { name: 'TERM', changesResult: false, why: shown },
  { name: 'COLORTERM', changesResult: false, why: shown },
  { name: 'NO_COLOR', changesResult: false, why: shown },
  { name: 'CLICOLOR', changesResult: false, why: shown },
  { name: 'CLICOLOR_FORCE', changesResult: false, why: shown },
  { name: 'FORCE_COLOR', changesResult: false, why: shown },
  { name: 'LANG', changesResult: true, why: locale },
  { name: 'LANGUAGE', changesResult: false, why: 'only the language of messages' },
  { name: 'LC_ALL', changesResult: true, why: locale },
  { name: 'LC_COLLATE', changesResult: true, why: locale },
  { name: 'LC_CTYPE', changesResult: true, why: locale },
  { name: 'LC_MESSAGES', changesResult: false, why: 'only the language of messages' },
  { name: 'LC_NUMERIC', changesResult: true, why: 'a name; decides how tools write numbers' },
  { name: 'LC_TIME', changesResult: true, why: 'a name; decides how tools write times' },
  { name: 'TZ', changesResult: true, why: 'a name; decides what day a build script thinks it is' },
];

export interface PassedVariable {
  readonly name: string;
  readonly value: string;
  readonly changesResult: boolean;
}

/** The host's variables that pass, sorted by name. */
export function passingVariables(hostVariables: Readonly<Record<string, string>>): readonly PassedVariable[] {
  const passed: PassedVariable[] = [];
  for (const [name, value] of Object.entries(hostVariables)) {
    const rule = isSecretName(name) ? undefined : passingTable.find((entry) => matches(entry.name, name));
    if (rule !== undefined) passed.push({ name, value, changesResult: rule.changesResult });
  }
  return passed.sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** Names of secrets that cargo and its registries use: no table and no pattern may ever let them pass. */
export function isSecretName(name: string): boolean {
  return /^CARGO_REGISTR(Y|IES)_/.test(name) || /(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(_|$)/i.test(name);
}

function matches(pattern: string, name: string): boolean {
  if (!pattern.endsWith('*')) return pattern === name;
  const prefix = pattern.slice(0, -1);
  return name.startsWith(prefix) && /^[A-Z0-9_]+$/.test(name.slice(prefix.length));
}
