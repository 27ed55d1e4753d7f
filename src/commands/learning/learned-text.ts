import type { DebianSuite } from '../../config/config.ts';
import { describeWanted, type Missed } from '../../layers/wanted.ts';
import { type Addition, describeLearned } from '../../lock/learned-additions.ts';
import type { Learned } from '../../lock/pins.ts';
import { printable } from '../../problem/problem.ts';

const names: Readonly<Record<Addition['kind'], string>> = {
  layer: 'The layer',
  package: 'The Debian package',
  suite: 'Debian',
};

export function nameOf({ kind, name }: Addition): string {
  return `${names[kind]} ${name}`;
}

/** The line that says what comes to the root, and why. */
export function addedText(one: Learned): string {
  return `${nameOf(one)} is added: ${describeLearned(one)}`;
}

/** The line that says what was added and did not help. */
export function uselessText(one: Learned, failure: string): string {
  const crate = printable(one.crate, 60);
  const said = failure === '' ? '' : `: ${printable(failure, 300)}`;
  if (one.kind === 'suite') return `${nameOf(one)} was tried, and ${crate} fails there too${said}`;
  const whole = one.kind === 'layer' ? ` (all of it: \`--layer ${one.name}\` before the command)` : '';
  return `${nameOf(one)} has what ${crate} looked for, and with it ${crate} fails too${whole}${said}`;
}

/** The line that says how compilers find headers that are there, and lie where they do not look. */
export function belowText(name: string, folders: readonly string[]): string {
  const paths = folders.map((folder) => `/usr/include/${printable(folder, 200)}`).join(':');
  return (
    `${name} has what was looked for, where compilers do not look by themselves: \`packages: [${name}]\` with ` +
    `\`env: {set: {CPATH: ${paths}}}\` in cargo-boxed.yaml has them look there.`
  );
}

/** The line that says what nothing has in the suites that were looked through. */
export function unknownText(
  unknown: readonly Missed[],
  suites: readonly DebianSuite[],
  newer: DebianSuite | null,
): string {
  const wanted = [...new Set(unknown.map((missed) => printable(describeWanted(missed.wanted), 80)))].slice(0, 5);
  const elsewhere = newer === null ? 'There is' : `Debian ${newer} may (\`suite: ${newer}\` in cargo-boxed.yaml); else`;
  return (
    `The build looked for ${wanted.join(', ')}; nothing in ${suites.join(' or ')} provides it. ${elsewhere} a feature by ` +
    'which the crate brings its own, or an image that has it.'
  );
}
