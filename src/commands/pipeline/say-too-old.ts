import type { TooOld } from '../../learning/find-too-old.ts';
import { printable } from '../../problem/problem.ts';
import { suiteOf } from '../environments/suite-of.ts';
import type { Session } from '../session.ts';
import type { Planned } from './make-plan.ts';

/** After a command that failed: what is there and too old, and where a newer one is. */
export function sayTooOld({ reporter }: Session, { config, settled }: Planned, found: readonly TooOld[]): void {
  const suite = suiteOf(config, settled.pins);
  for (const { crate, name, wanted, has } of found) {
    const where = suite ?? 'the environment';
    const held = has === null ? `${where} has an older one` : `${where} has ${printable(has, 60)}`;
    const what = `${printable(crate, 120)} wants ${printable(name, 80)} ${printable(wanted, 60)} or newer, and ${held}.`;
    reporter.note(`${what} ${wayOut(suite)}`);
  }
}

function wayOut(suite: ReturnType<typeof suiteOf>): string {
  const older = 'An older version of the crate, or a feature by which it brings its own, may do with what is there';
  switch (suite) {
    case 'bookworm':
      return `Debian trixie has newer ones: \`suite: trixie\` in cargo-boxed.yaml, or CARGO_BOXED_SUITE=trixie for one run. ${older}.`;
    case 'trixie':
      return `${older}; else an image or \`environment: nix\` that has it.`;
    case null:
      return `${older}; else another environment that has it.`;
  }
}
