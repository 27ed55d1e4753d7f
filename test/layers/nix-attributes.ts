/**
 * `npm run layers:nix -- FOLDER [--note TEXT] [--overlay FOLDER --with FOLDER]`: evaluates the attributes of all layers, and of
 * the base, with the nixpkgs in a folder, then our whole expression with all of these at once, and with toolchains of a
 * rust-overlay on the nixpkgs of `--with`, which may be cut to its base. Writes NIX.md. Nothing is built, and no network is
 * asked: of a nixpkgs that is not the newest, names that are newer are missing.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import base from '../../images/nix/base.json' with { type: 'json' };
import { layerCatalogue } from '../../src/layers/catalogue.ts';
import type { Layer } from '../../src/layers/layer.ts';
import { formattedTable } from '../support/formatted-table.ts';
import { type Evaluation, evaluation } from './nix-expression.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { note: { type: 'string' }, overlay: { type: 'string' }, with: { type: 'string' } },
});
const [folder] = positionals;
const { note } = values;
if (folder === undefined) throw new Error('name the folder of a nixpkgs');
const source = resolve(folder);
const scratch = mkdtempSync(join(tmpdir(), 'cargo-boxed-attributes-'));

type State = 'evaluates' | 'missing' | 'refused' | 'aborted';

/** A name whose evaluation ends all of it is found by halves. */
function evaluate(names: readonly string[]): Readonly<Record<string, State>> {
  try {
    const answer = execFileSync(
      'nix-instantiate',
      [
        ...['--store', scratch, '--readonly-mode', '--eval', '--strict', '--json', '--attr', 'states'],
        ...[
          join(import.meta.dirname, 'attributes.nix'),
          '--arg',
          'source',
          source,
          '--argstr',
          'names',
          JSON.stringify(names),
        ],
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024 },
    );
    return JSON.parse(answer);
  } catch {
    const [only] = names;
    if (names.length === 1 && only !== undefined) return { [only]: 'aborted' };
    const half = names.length >> 1;
    return { ...evaluate(names.slice(0, half)), ...evaluate(names.slice(half)) };
  }
}

/** Each by what a file of rustup can say. */
const toolchains = [
  { channel: 'stable', profile: 'minimal', components: [], targets: [] },
  { channel: 'beta', profile: 'minimal', components: ['clippy', 'rustfmt'], targets: [] },
  { channel: '1.70', profile: 'minimal', components: ['rust-src'], targets: ['wasm32-unknown-unknown'] },
  { channel: 'nightly', profile: 'minimal', components: ['miri'], targets: ['aarch64-unknown-linux-musl'] },
];

async function evaluateToolchains({ pin, tries }: Evaluation): Promise<readonly string[]> {
  const { overlay, with: base } = values;
  if (overlay === undefined || base === undefined) return [];
  const [nixpkgs, rustOverlay] = [pin(withShell(resolve(base)), 'cut'), pin(resolve(overlay), 'overlay')];
  const rows = [];
  for (const toolchain of toolchains) {
    const { channel, profile, components, targets } = toolchain;
    const ended = await tries({ nixpkgs, layers: [], toolchain: { ...toolchain, overlay: rustOverlay } });
    rows.push([channel, profile, [...components, ...targets].join(', '), ended]);
  }
  return [
    'With rust-overlay, on the code of nixpkgs that could be had of those it is made for (cut to its base):',
    '',
    formattedTable([['channel', 'profile', 'with', 'evaluates'], ...rows]),
    '',
  ];
}

/** A nixpkgs that was cut to its base has `mkShell` as a file, and not among its names. */
function withShell(base: string): string {
  const made = join(scratch, 'with-shell');
  cpSync(base, join(made, 'base'), { recursive: true, verbatimSymlinks: true });
  const text = `arguments:
let pkgs = import ./base arguments; in
{ mkShell = pkgs.callPackage ./base/pkgs/build-support/mkshell { }; } // pkgs
`;
  writeFileSync(join(made, 'default.nix'), text);
  return made;
}

const layers = layerCatalogue();
const wanted = [
  ...base.tools.map((attribute) => ({ attribute, layer: '(the base)' })),
  ...layers.flatMap(({ name, nix }) => nix.map((attribute) => ({ attribute, layer: name }))),
];
const names = [...new Set(wanted.map(({ attribute }) => attribute))].sort();
try {
  const states = evaluate(names);
  const ofState = (state: State) => names.filter((name) => states[name] === state);
  const without = layers.filter(({ nix }) => nix.length === 0).map(({ name }) => name);
  const open = wanted.filter(({ attribute }) => states[attribute] !== 'evaluates');
  const version = readFileSync(join(source, '.version'), 'utf8').trim();
  const has = (layer: Layer): boolean =>
    layer.nix.every((attribute) => states[attribute] === 'evaluates') &&
    layer.needs.every((name) => layers.some((other) => other.name === name && has(other)));
  const whole = layers.filter(has);
  const ours = evaluation(scratch);
  const together = { nixpkgs: ours.pin(source, version), layers: whole.map(({ name }) => name), toolchain: null };
  const expression = [
    '# Our whole expression',
    '',
    'Evaluated by the code that builds go through: pinned, in its box, restricted. None of it was built.',
    '',
    `With nixpkgs ${version} and all ${whole.length} layers of which it has everything, at once, it evaluates: ${await ours.tries(together)}.`,
    '',
    ...(await evaluateToolchains(ours)),
  ];
  const rows = open.map(({ attribute, layer }) => [layer, `\`${attribute}\``, states[attribute] ?? 'aborted']);
  const page = [
    '# Attributes of the layers in nixpkgs',
    '',
    `Written by \`npm run layers:nix\` with the code of nixpkgs ${version}, the newest whole one that could be had where it was run.`,
    'Evaluated only: that is, each is there and comes to something that can be built; none of it was built.',
    '',
    ...(note === undefined ? [] : [note, '']),
    `Of ${names.length} attributes ${ofState('evaluates').length} evaluate, ${ofState('missing').length} are not in that release, ${ofState('refused').length + ofState('aborted').length} are refused by it.`,
    `Of ${layers.length} layers ${without.length} have no Nix side: ${without.join(', ') || 'none'}.`,
    '',
    'What does not evaluate there (most are newer than it, or have got another name since):',
    '',
    formattedTable([['layer', 'attribute', 'there'], ...rows]),
    '',
    ...expression,
  ];
  writeFileSync(join(import.meta.dirname, 'NIX.md'), page.join('\n'));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
