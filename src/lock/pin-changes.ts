import type { DebianPackage, DebianPins, ImagePins, NixPins, Pins, ToolchainPins } from './pins.ts';

const mostPackages = 20;

/** What differs between two locks, a line for each: what was pinned before, and what is now. Empty: nothing. */
export function pinChanges(before: Pins | null, after: Pins): readonly string[] {
  if (before === null) return [];
  return [
    ...debianChanges(before.debian, after.debian),
    ...imageChanges(before.image, after.image),
    ...nixChanges(before.nix, after.nix),
    ...toolchainChanges(before.toolchain, after.toolchain),
  ];
}

function debianChanges(before: DebianPins | undefined, after: DebianPins | undefined): readonly string[] {
  if (before === undefined || after === undefined) return presence('a Debian environment', before, after);
  const packages = packageChanges(allPackages(before), allPackages(after));
  return [
    ...changed('suite', before.suite, after.suite),
    ...changed('layers', layersText(before.layers), layersText(after.layers)),
    ...shortened(packages),
    ...(packages.length === 0 ? changed('root', before.rootSha256, after.rootSha256) : []),
  ];
}

type Packages = ReadonlyMap<string, DebianPackage>;

/** What a root has in the end: what is added may be newer than what the base has of the same name. */
export function allPackages({ packages, added }: DebianPins): Packages {
  return packageMap([...packages, ...(added?.packages ?? [])]);
}

function packageMap(packages: readonly DebianPackage[] = []): Packages {
  return new Map(packages.map((item) => [`${item.name}:${item.architecture}`, item]));
}

function layersText(layers: readonly string[] = []): string {
  return `[${layers.join(', ')}]`;
}

function shortened(changes: readonly string[]): readonly string[] {
  const more = changes.length - mostPackages;
  return [...changes.slice(0, mostPackages), ...(more > 0 ? [`and ${more} more packages`] : [])];
}

function packageChanges(old: Packages, now: Packages): readonly string[] {
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((name) => {
    const [was, is] = [old.get(name), now.get(name)];
    const shown = (is ?? was)?.name ?? name;
    if (was?.version !== is?.version) return changed(shown, was?.version ?? 'none', is?.version ?? 'none');
    return was?.sha256 === is?.sha256 ? [] : changed(`${shown} ${is?.version}`, was?.sha256 ?? '', is?.sha256 ?? '');
  });
}

function imageChanges(before: ImagePins | undefined, after: ImagePins | undefined): readonly string[] {
  if (before === undefined || after === undefined) return presence('an image', before, after);
  return [
    ...changed('image', before.reference, after.reference),
    ...changed(after.reference, before.digest, after.digest),
    ...changed('layers', layersText(before.added?.layers), layersText(after.added?.layers)),
    ...shortened(packageChanges(packageMap(before.added?.packages), packageMap(after.added?.packages))),
  ];
}

function nixChanges(before: NixPins | undefined, after: NixPins | undefined): readonly string[] {
  if (before === undefined || after === undefined) return presence('a Nix environment', before, after);
  const source = ({ nixpkgs }: NixPins) => `${nixpkgs.rev ?? nixpkgs.url} ${nixpkgs.narHash}`;
  const named = [
    ...changed('nixpkgs', source(before), source(after)),
    ...changed('layers', `[${before.layers.join(', ')}]`, `[${after.layers.join(', ')}]`),
    ...changed('nix.packages', `[${before.packages.join(', ')}]`, `[${after.packages.join(', ')}]`),
  ];
  return named.length > 0 ? named : changed('environment', before.environment, after.environment);
}

function toolchainChanges(before: ToolchainPins | undefined, after: ToolchainPins | undefined): readonly string[] {
  if (before === undefined || after === undefined) return presence('a toolchain', before, after);
  const [was, is] = [`${before.name} ${before.version}`, `${after.name} ${after.version}`];
  if (was !== is) return changed('toolchain', was, is);
  return before.manifestSha256 === after.manifestSha256 ? [] : [`toolchain ${is}: of another day`];
}

function presence(what: string, before: unknown, after: unknown): readonly string[] {
  if ((before === undefined) === (after === undefined)) return [];
  return [`${after === undefined ? 'no longer' : 'now'} ${what}`];
}

function changed(what: string, before: string, after: string): readonly string[] {
  return before === after ? [] : [`${what}: ${before} → ${after}`];
}
