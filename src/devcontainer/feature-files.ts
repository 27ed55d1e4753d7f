/** What a Feature has of the catalogue: packages by suite and name of the layer. */
export type FeatureTable = Readonly<Record<string, ReadonlyMap<string, readonly string[]>>>;

/** The name under which the table has what every box stands on: no layer can be called so. */
export const baseName = '+base';

/** devcontainer-feature.json (the Dev Container Feature specification): its options, and that it holds no wall. */
export function featureJson(version: string, names: readonly string[]): string {
  const feature = {
    id: 'cargo-boxed',
    version,
    name: 'System libraries of cargo-boxed (no wall)',
    description:
      'Installs layers of cargo-boxed, as Debian packages, into an image of your own. It walls nothing in: a Feature can neither take the network away nor make the project read-only. `cargo-boxed devcontainer` writes a file that does.',
    options: {
      layers: {
        type: 'string',
        proposals: names,
        default: '',
        description: 'Names of layers, with commas between them: `openssl,alsa`. `cargo-boxed layers` lists them.',
      },
      base: {
        type: 'boolean',
        default: false,
        description: 'Also the compilers and tools that every box has: cmake, pkg-config, protoc and others.',
      },
    },
  };
  return `${JSON.stringify(feature, null, 2)}\n`;
}

/** The table that install.sh looks layers up in: `SUITE LAYER PACKAGE…`, a layer a line. */
export function featureTable(table: FeatureTable): string {
  return Object.entries(table)
    .flatMap(([suite, layers]) => [...layers].map(([name, packages]) => `${suite} ${name} ${packages.join(' ')}\n`))
    .join('');
}
