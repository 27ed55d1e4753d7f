import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DebianSuite } from '../../src/config/config.ts';
import type { Layer } from '../../src/layers/layer.ts';
import { plainProgram, projectIn } from '../support/rig.ts';
import { type Finding, probeScript, readFinding } from './probe.ts';

export interface CheckedLayer extends Finding {
  readonly seconds: number;
  /** Why there is no finding; empty when there is one. */
  readonly failure: string;
}

/**
 * Has the product make a root with this layer alone, for an empty project below `folder`, and looks into it. Everything
 * is kept in `home`, which has to be given: this makes roots, and those of a person are not for tests.
 */
export async function checkLayer(
  layer: Layer,
  suite: DebianSuite,
  { home, folder }: { readonly home: string; readonly folder: string },
): Promise<CheckedLayer> {
  const started = performance.now();
  const made = projectIn(mkdtempSync(join(folder, 'layered-')));
  try {
    for (const [file, text] of Object.entries(plainProgram('layered', 'fn main() {}\n'))) made.write(file, text);
    made.write('cargo-boxed.yaml', `suite: ${suite}\n`);
    const ended = await made.boxed(['--layer', layer.name, 'exec', '--', 'sh', '-c', probeScript(layer, suite)], {
      variables: { CARGO_BOXED_HOME: home, CARGO_BOXED_ENGINE: 'bwrap' },
      limitSeconds: 900,
    });
    const seconds = (performance.now() - started) / 1000;
    return { ...readFinding(ended.stdout), seconds, failure: ended.status === 0 ? '' : ended.text };
  } finally {
    rmSync(made.folder, { recursive: true, force: true });
  }
}
