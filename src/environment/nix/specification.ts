import base from '../../../images/nix/base.json' with { type: 'json' };
import { canonicalJson } from '../../base/canonical-json.ts';
import { failure, type Result, success } from '../../base/result.ts';
import type { NixToolchain, OwnNix } from '../../facts/facts.ts';
import { layerCatalogue } from '../../layers/catalogue.ts';
import type { Layer } from '../../layers/layer.ts';
import type { NixSource } from '../../lock/pins.ts';
import { printable } from '../../problem/problem.ts';

/** What an environment is made of, by names. */
export interface NixWish {
  /** As Nix calls it: `x86_64-linux`. */
  readonly system: string;
  readonly nixpkgs: NixSource;
  /** Names from the catalogue, sorted. */
  readonly layers: readonly string[];
  /** Attributes of nixpkgs, sorted. */
  readonly packages: readonly string[];
  /** In the place of our base. */
  readonly own: OwnNix | null;
  /** `null`: that of the machine, which is no part of the environment. */
  readonly toolchain: NixWishedToolchain | null;
}

/** A toolchain, and whose it is. */
export interface NixWishedToolchain extends NixToolchain {
  readonly overlay: NixSource;
}

/** The one argument of our expression, as JSON: no word of anybody becomes text of the language. */
export function specification({ system, nixpkgs, layers, packages, own, toolchain }: NixWish): Result<string> {
  const catalogue = new Map(layerCatalogue().map((layer) => [layer.name, layer]));
  const found = withNeeded(catalogue, layers);
  const lacking = found.find(({ nix }) => nix.length === 0);
  if (lacking !== undefined) {
    return failure({
      code: 'config',
      what: `the layer '${printable(lacking.name)}' does not exist for Nix`,
      fix: 'Use `environment: debian`, or name what you need in `nix.packages`.',
    });
  }
  return success(
    canonicalJson({
      system,
      nixpkgs: { url: nixpkgs.url, narHash: nixpkgs.narHash },
      tools: base.tools,
      layers: found.map((layer) => ({ name: layer.name, attributes: layer.nix, kinds: kindsOf(layer) })),
      packages,
      toolchain: toolchain === null ? null : toolchainOf(toolchain),
      own: own === null ? null : { kind: own.kind, path: own.path, shell: own.shell, inputs: own.inputs },
    }),
  );
}

function toolchainOf({ overlay, channel, profile, components, targets }: NixWishedToolchain): object {
  return { overlay: { url: overlay.url, narHash: overlay.narHash }, channel, profile, components, targets };
}

function withNeeded(catalogue: ReadonlyMap<string, Layer>, names: readonly string[]): readonly Layer[] {
  const found = new Map<string, Layer>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const layer = catalogue.get(name);
    if (layer === undefined || found.has(name)) continue;
    found.set(name, layer);
    open.push(...layer.needs);
  }
  return [...found.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function kindsOf({ tools, pkgConfig, links, headers }: Layer): readonly string[] {
  const isLibrary = pkgConfig.length > 0 || links.length > 0 || headers.length > 0;
  return [...(isLibrary || tools.length === 0 ? ['library'] : []), ...(tools.length > 0 || !isLibrary ? ['tool'] : [])];
}
