import assert from 'node:assert/strict';
import test from 'node:test';
import { allLayers } from '../../src/layers/layer-files.ts';
import { neededBy } from '../../src/layers/packages.ts';
import { type Finding, probeScript, readFinding } from '../layers/probe.ts';
import { heldLayers } from '../support/nixpkgs/held-layers.ts';
import { inNix } from '../support/nixpkgs/nix-home.ts';
import { plainProgram, project, type RunOptions } from '../support/rig.ts';

// What a layer promises is one thing, whichever side gives it: modules of pkg-config, headers, programs.

const names = [...new Set(heldLayers.flatMap((name) => [name, ...neededBy(allLayers(), name)]))].sort();
const layers = names.flatMap((name) => allLayers().get(name) ?? []);
const mark = 'the layer ';
const script = layers.map((layer) => `echo "${mark}${layer.name}"\n(\n${probeScript(layer, 'bookworm')}\n)`).join('\n');

type Shown = readonly (Pick<Finding, 'proved' | 'lacks'> & { readonly name: string | undefined })[];

function readFindings(output: string): Shown {
  const parts = output.split(mark).slice(1);
  return parts.map((part) => {
    const { proved, lacks } = readFinding(part);
    return { name: part.split('\n')[0], proved, lacks };
  });
}

test('a layer gives the same modules, headers and programs in Nix as in Debian', async (context) => {
  const made = project(context, plainProgram('layered', 'fn main() {}\n'));
  const found = async (configuration: string, options: RunOptions): Promise<Shown> => {
    made.write('cargo-boxed.yaml', configuration);
    const ended = await made.boxed(['exec', '--', 'sh', '-c', script], options);
    assert.equal(ended.status, 0, ended.text);
    return readFindings(ended.stdout);
  };
  const held = `layers: [${heldLayers.join(', ')}]\n`;
  const all = names.map((name) => ({ name, proved: true, lacks: [] }));
  assert.deepEqual(await found(held, inNix()), all);
  assert.deepEqual(await found(held, { variables: { CARGO_BOXED_ENGINE: 'bwrap' }, limitSeconds: 300 }), all);

  // The same look at an environment without the layers finds none of it.
  const none = layers.map(({ name, pkgConfig, tools, headers }) => {
    const of = (kind: string, words: readonly string[]) => words.map((word) => `${kind} ${word}`);
    return {
      name,
      proved: false,
      lacks: [...of('module', pkgConfig), ...of('program', tools), ...of('header', headers)],
    };
  });
  assert.deepEqual(await found('layers: {infer: off}\n', inNix()), none);
});
