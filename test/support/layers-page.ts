import { layerCatalogue } from '../../src/layers/catalogue.ts';
import type { Layer } from '../../src/layers/layer.ts';

/** images/LAYERS.md: the catalogue as a page, made from the files of the layers. */
export function layersPage(layers: readonly Layer[] = layerCatalogue()): string {
  const rows = layers.map((layer) => [
    `[\`${layer.name}\`](layers/${layer.name}.json)`,
    layer.description,
    ...packages(layer),
    code(layer.nix) || 'not in Nix',
    code([...layer.pkgConfig, ...layer.tools]),
    code(layer.needs),
  ]);
  const head = [
    'layer',
    'what it is',
    'on bookworm',
    'on trixie',
    'in nixpkgs',
    'modules of pkg-config, programs',
    'needs',
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [
    '# Layers\n\n',
    `${layers.length} system libraries and tools by name. Written by \`npm run layers:table\` from the files in \`layers/\`.\n\n`,
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
  ].join('');
}

function packages({ debian: { bookworm, trixie } }: Layer): readonly string[] {
  return [code(bookworm), bookworm.join() === trixie.join() ? 'the same' : code(trixie)];
}

function code(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(' ');
}
