import type { DebianSuite } from '../../config/config.ts';
import { nextSuite } from '../../config/debian-suites.ts';
import type { TooOld } from '../../learning/find-too-old.ts';
import { type Addition, isSameAddition } from '../../lock/learned-additions.ts';
import { printable } from '../../problem/problem.ts';
import { suiteOf } from '../environments/suite-of.ts';
import type { Planned } from './make-plan.ts';

/** After a command that failed: what is there and too old, and where a newer one is. `useless`: what was tried for it. */
export function tooOldTexts(
  { config, settled }: Pick<Planned, 'config' | 'settled'>,
  found: readonly TooOld[],
  useless: readonly Addition[],
): readonly string[] {
  const suite = suiteOf(config, settled.pins);
  return found.map(({ crate, name, wanted, has }) => {
    const where = suite ?? 'the environment';
    const held = has === null ? `${where} has an older one` : `${where} has ${printable(has, 60)}`;
    const what = `${printable(crate, 120)} wants ${printable(name, 80)} ${printable(wanted, 60)} or newer, and ${held}.`;
    return `${what} ${wayOut(suite, useless)}`;
  });
}

function wayOut(suite: DebianSuite | null, useless: readonly Addition[]): string {
  const older = 'An older version of the crate, or a feature by which it brings its own, may do with what is there';
  if (suite === null) return `${older}; else another environment that has it.`;
  const next = nextSuite(suite);
  if (next === null || useless.some((one) => isSameAddition(one, { kind: 'suite', name: next })))
    return `${older}; else an image or \`environment: nix\` that has it.`;
  return `Debian ${next} has newer ones: \`suite: ${next}\` in cargo-boxed.yaml, or CARGO_BOXED_SUITE=${next} for one run. ${older}.`;
}
