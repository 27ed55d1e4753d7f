import { nearest } from '../../base/nearest.ts';
import type { NixToolchain } from '../../facts/facts.ts';
import { type Problem, printable } from '../../problem/problem.ts';

/** What rust-overlay did not have of what it was asked for. */
export interface MissingToolchain {
  readonly kind: 'release' | 'profile' | 'component' | 'target';
  readonly name: string;
}

/** The words of rust-overlay when something is missing. */
const words: readonly (readonly [MissingToolchain['kind'], RegExp])[] = [
  ['release', /error: (?:Stable|Beta|Nightly) (\S{1,60}) is not available/],
  ['release', /error: No stable (\d{1,3}\.\d{1,4})\.\* is available/],
  ['profile', /doesn't have profile `([^`\s]{1,80})`/],
  ['component', /Unknown component `([^`\s]{1,80})`/],
  ['component', /(?:Host component|Component) `([^`\s]{1,80})` doesn't support/],
  ['target', /Unknown target `([^`\s]{1,80})`/],
  ['target', /Target `([^`\s]{1,80})` is not supported by/],
];

/** `null`: the evaluation failed for another reason. */
export function missingOfToolchain(said: string): MissingToolchain | null {
  for (const [kind, pattern] of words) {
    const found = pattern.exec(said);
    if (found !== null) return { kind, name: found[1] ?? '' };
  }
  return null;
}

/** Releases of each channel: versions of stable, dates of the others. */
export interface ToolchainNames {
  readonly stable?: readonly string[];
  readonly beta?: readonly string[];
  readonly nightly?: readonly string[];
  readonly profiles?: readonly string[];
  readonly components?: readonly string[];
  readonly targets?: readonly string[];
}

const update = 'Run `cargo-boxed lock --update rust-overlay` for a newer one.';

/** What is missing, with what there is of that kind. */
export function explainToolchain(
  { kind, name }: MissingToolchain,
  { channel }: Pick<NixToolchain, 'channel'>,
  names: ToolchainNames,
): Problem {
  if (kind === 'release') return missingRelease(channel, names);
  const known = { profile: names.profiles, component: names.components, target: names.targets }[kind] ?? [];
  const near = nearest(name, known);
  const isThere = known.includes(name);
  return {
    code: 'toolchain',
    what: `Rust ${channel} of this rust-overlay has no ${kind} ${printable(name, 80)}${isThere ? ' for this machine' : ''}`,
    ...(kind === 'profile' && known.length > 0 ? { why: `there are ${printable(known.join(', '), 300)}` } : {}),
    fix:
      near === null || isThere
        ? 'Take it out of rust-toolchain.toml, or name another channel there: not every nightly has every component.'
        : `Did you mean \`${printable(near, 80)}\`?`,
  };
}

function missingRelease(channel: string, names: ToolchainNames): Problem {
  const [kind = '', date] = channel.includes('-') ? splitOnce(channel) : [channel, undefined];
  const isDated = kind === 'beta' || kind === 'nightly';
  const known = (kind === 'beta' ? names.beta : kind === 'nightly' ? names.nightly : names.stable) ?? [];
  const releases = known.filter((one) => one !== 'latest').sort(byVersion);
  const newest = releases.at(-1);
  const wanted = isDated ? (date ?? '') : channel;
  const isNewer = newest === undefined || byVersion(wanted, newest) > 0;
  const near = isNewer ? null : (releases.findLast((one) => byVersion(one, wanted) < 0) ?? releases[0]);
  return {
    code: 'toolchain',
    what: `this rust-overlay has no Rust ${printable(channel, 80)}`,
    ...(newest === undefined
      ? {}
      : { why: `the newest that it has is ${isDated ? `${kind}-` : ''}${printable(newest, 80)}` }),
    fix: near == null ? update : `The nearest is \`${isDated ? `${kind}-` : ''}${printable(near, 80)}\`.`,
  };
}

function splitOnce(text: string): readonly [string, string] {
  const at = text.indexOf('-');
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Numbers by value: of versions and of dates alike. */
function byVersion(left: string, right: string): number {
  const [these, those] = [left, right].map((text) => text.split(/[.-]/).map(Number)) as [number[], number[]];
  const at = these.findIndex((part, index) => part !== those[index]);
  return at === -1 ? 0 : (these[at] ?? 0) - (those[at] ?? 0);
}
