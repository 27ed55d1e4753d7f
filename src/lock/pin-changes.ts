import { nixToolchainText } from './lock-drift.ts';
import type { DebianPackage, DebianPins, ImagePins, NixPins, NixSource, Pins, ToolchainPins } from './pins.ts';

const mostPackages = 20;

/** A package whose version is another one now. `null`: it was not there, or is there no longer. */
export interface PackageChange {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
  /** The new version comes from the suite's security archive. */
  readonly security: boolean;
}

/** Of all packages of the environment those whose version changed, sorted by name: for programs. */
export function versionChanges(before: Pins | null, after: Pins): readonly PackageChange[] {
  if (before === null) return [];
  const packages = ({ debian, image }: Pins) =>
    new Map([...(debian === undefined ? [] : allPackages(debian)), ...packageMap(image?.added?.packages)]);
  const [old, now] = [packages(before), packages(after)];
  return namesOf(old, now).flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    if (was?.version === is?.version) return [];
    const name = (is ?? was)?.name ?? key;
    return [{ name, from: was?.version ?? null, to: is?.version ?? null, security: isSecurityUpdate(was, is) }];
  });
}

function namesOf(old: Packages, now: Packages): readonly string[] {
  return [...new Set([...old.keys(), ...now.keys()])].sort();
}

function isSecurityUpdate(was: DebianPackage | undefined, is: DebianPackage | undefined): boolean {
  return was !== undefined && is?.archive === 'debian-security' && was.version !== is.version;
}

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

/** A long list is cut, but never what closes a hole. */
function shortened(changes: readonly string[]): readonly string[] {
  let room = mostPackages;
  const shown = changes.filter((change) => change.endsWith(security) || room-- > 0);
  const more = changes.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more packages`] : [])];
}

const security = ' (security update)';

function packageChanges(old: Packages, now: Packages): readonly string[] {
  return namesOf(old, now).flatMap((name) => {
    const [was, is] = [old.get(name), now.get(name)];
    const shown = (is ?? was)?.name ?? name;
    if (was?.version !== is?.version)
      return changed(
        shown,
        was?.version ?? 'none',
        `${is?.version ?? 'none'}${isSecurityUpdate(was, is) ? security : ''}`,
      );
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
  const text = (source: NixSource | undefined) =>
    source === undefined ? 'none' : `${source.rev ?? source.url} ${source.narHash}`;
  const toolchain = ({ toolchain: held }: NixPins) =>
    `${nixToolchainText(held ?? null)}${held === undefined ? '' : ` ${held.version}`}`;
  const named = [
    ...changed('nixpkgs', text(before.nixpkgs), text(after.nixpkgs)),
    ...changed('rust-overlay', text(before.rustOverlay), text(after.rustOverlay)),
    ...changed('toolchain', toolchain(before), toolchain(after)),
    ...changed('layers', `[${before.layers.join(', ')}]`, `[${after.layers.join(', ')}]`),
    ...changed('own environment', ownText(before), ownText(after)),
    ...changed('nix.packages', `[${before.packages.join(', ')}]`, `[${after.packages.join(', ')}]`),
  ];
  return named.length > 0 ? named : changed('environment', before.environment, after.environment);
}

function ownText({ own }: NixPins): string {
  return own === undefined ? 'none' : `${own.path} ${own.sha256.slice(0, 12)}`;
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
