import { describeWanted, type Wanted } from '../../layers/wanted.ts';
import { type Addition, isSameAddition } from '../../lock/learned-additions.ts';
import { suiteOf } from '../environments/suite-of.ts';
import type { Session } from '../session.ts';
import type { Planned } from './make-plan.ts';

/** After a command that failed: which layers have what it looked for, but for those that were of no use. */
export async function sayMissingLayers(
  { reporter }: Session,
  { config, plan, settled }: Planned,
  missing: readonly Wanted[],
  useless: readonly Addition[],
): Promise<void> {
  if (missing.length === 0) return;
  const suite = suiteOf(config, settled.pins);
  if (suite === null) {
    reporter.note(`The image does not have what the build looked for: ${missing.map(describeWanted).join(', ')}.`);
    return;
  }
  const { layersProviding } = await import('../../layers/find-layers.ts');
  const held = plan.environment.layers ?? [];
  const found = missing.flatMap((wanted) => layersProviding(wanted, suite).slice(0, 1));
  const more = [...new Set(found)].filter(
    (layer) => !held.includes(layer) && !useless.some((one) => isSameAddition(one, { kind: 'layer', name: layer })),
  );
  const unknown = missing.filter((wanted) => layersProviding(wanted, suite).length === 0);
  if (more.length > 0) {
    reporter.note(
      `The build looked for libraries or programs that the box does not have. \`cargo-boxed layers add ${more.join(' ')}\` ` +
        `gives them to it; for one run \`${more.map((name) => `--layer ${name}`).join(' ')}\` before the command.`,
    );
  }
  // Who has learned has looked through all of the suite, and has said so.
  if (unknown.length > 0 && config.infer.value !== 'learn') {
    const names = unknown.map(describeWanted).join(', ');
    reporter.note(
      `The build looked for ${names}, which no layer has: ${
        plan.environment.kind === 'nix'
          ? '`nix: {packages: [ATTRIBUTE]}` in cargo-boxed.yaml adds a package of nixpkgs'
          : '`packages: [NAME]` in cargo-boxed.yaml adds a Debian package'
      }.`,
    );
  }
}
