import { printable } from '../problem/problem.ts';
import type { Cause, Difference, Verification } from './verification.ts';

/** Parts that are named one by one; of the rest the number is. */
const shownParts = 6;

/** What came of it, for people. */
export function describe(verification: Verification): string {
  const { artifacts, differences, varied, notVaried, notCompared, builds } = verification;
  const apart = `in ${varied.join(', ')}`;
  const not = Object.entries(notVaried).map(([name, why]) => `  ${name}: ${why}\n`);
  const kept = notCompared.map(({ path, reason }) => `Not compared: ${path}: ${reason}\n`).join('');
  const tail = `${kept}The boxes did not differ in:\n${not.join('')}`;
  if (verification.equal) {
    return `Equal: ${count(artifacts.length, 'artifact')} of two builds whose boxes differed ${apart}\n${tail}`;
  }
  const equal = artifacts.filter((one) => one.equal).length;
  const head = `Not equal: ${differences.length} of ${count(artifacts.length, 'artifact')}; ${equal} equal. The boxes differed ${apart}\n`;
  const hint = isOfPathsAlone(differences) ? pathHint : '';
  return `${head}\n${differences.map(describeOne).join('\n')}\n${hint}${count(builds, 'build')} made. ${tail}`;
}

/** Paths are varied on purpose, and every other box has the same ones: whoever verifies a debug build should know. */
const pathHint = `Only paths differ, in debug information. Boxes that are not compared all have the same ones, on every machine (/box/project),
so this build is equal wherever it is boxed as far as these go. \`cargo-boxed verify build --release\` compares without; so does
\`debug = false\` in [profile.dev].

`;
const ofPaths: ReadonlySet<string> = new Set(['project-path', 'target-path']);

/** Whether nothing but where a project or its target stands is found, and nowhere but in what debuggers read. */
function isOfPathsAlone(differences: readonly Difference[]): boolean {
  return differences.every(
    ({ parts, causes }) =>
      causes.length > 0 &&
      causes.every(({ cause }) => ofPaths.has(cause)) &&
      parts.length > 0 &&
      parts.every(({ name }) => name.startsWith('.debug_') || name === '.note.gnu.build-id'),
  );
}

function describeOne({ artifact, parts, crates, causes }: Difference): string {
  const named = parts.slice(0, shownParts).map(({ name }) => printable(name, 80));
  const more = parts.length > shownParts ? [`${parts.length - shownParts} more`] : [];
  const where = parts.length === 0 ? 'only one of the builds has it' : [...named, ...more].join(', ');
  const from = crates.map(
    ({ crate, by }) => `${printable(crate, 80)}${by === 'build-script' ? ' (its build script)' : ''}`,
  );
  return [
    printable(artifact),
    `  where: ${where}`,
    ...(from.length === 0 ? [] : [`  crate: ${from.join(', ')}`]),
    ...causes.map((cause) => `  cause: ${describeCause(cause)}`),
    '',
  ].join('\n');
}

function describeCause({ cause, evidence }: Cause): string {
  switch (evidence.kind) {
    case 'bytes': {
      const [one, other] = evidence.found.map((text) => printable(text, 80));
      const pair = one === '' ? other : `${one} and ${other}`;
      return `${cause}: ${pair}, in ${printable(evidence.in, 120)}`;
    }
    case 'only-this-varied':
      return `${cause}: it differs also where only this was varied`;
    case 'same-box-twice':
      return `${cause}: it differs also between two runs of the same box`;
    default:
      return `${cause}: nothing that was varied does it alone`;
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
