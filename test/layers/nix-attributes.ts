/**
 * `npm run layers:nix -- FOLDER [NOTE]`: evaluates the attributes of all layers, and of the base, with the nixpkgs in a folder,
 * and writes NIX.md. Nothing is built, and no network is asked: of a nixpkgs that is not the newest, names that are newer
 * are missing.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import base from '../../images/nix/base.json' with { type: 'json' };
import { layerCatalogue } from '../../src/layers/catalogue.ts';
import { formattedTable } from '../support/formatted-table.ts';

const [folder, note] = process.argv.slice(2);
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
  ];
  writeFileSync(join(import.meta.dirname, 'NIX.md'), page.join('\n'));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
