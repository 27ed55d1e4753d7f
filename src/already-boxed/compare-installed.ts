import type { DebianPackage, ToolchainPins } from '../lock/pins.ts';

/** What is there: as dpkg and the files of the toolchain say. */
export interface Installed {
  /** dpkg's list, with `Package`, `Version` and `Architecture` of what is installed, a stanza each; `null`: none. */
  readonly packages: string | null;
  /** sha256 of each component of the toolchain; `null`: it cannot be read. */
  readonly components: readonly { readonly name: string; readonly sha256: string }[] | null;
}

/** Differences that are named one by one. */
const shown = 5;

/** How what is installed differs from a lock; empty when it does not. */
export function compareInstalled(
  packages: readonly DebianPackage[],
  toolchain: ToolchainPins,
  installed: Installed,
): readonly string[] {
  return [...comparePackages(packages, installed.packages), ...compareComponents(toolchain, installed.components)];
}

function comparePackages(wanted: readonly DebianPackage[], status: string | null): readonly string[] {
  if (status === null) return ['dpkg’s list of packages cannot be read'];
  const there = new Map(stanzas(status));
  const missing = wanted.flatMap(({ name, version, architecture }) => {
    const found = there.get(`${name} ${architecture}`);
    there.delete(`${name} ${architecture}`);
    if (found === version) return [];
    return [found === undefined ? `it lacks ${name} ${version}` : `it has ${name} ${found}, not ${version}`];
  });
  const more = [...there].map(
    ([name, version]) => `it has ${name.split(' ', 1)[0]} ${version}, which the lock does not`,
  );
  const all = [...missing, ...more];
  return all.length > shown ? [...all.slice(0, shown), `and ${all.length - shown} more packages differ`] : all;
}

function stanzas(status: string): readonly (readonly [string, string])[] {
  return status.split(/\n{2,}/).flatMap((stanza) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
    const [name, version, architecture] = [field('Package'), field('Version'), field('Architecture')];
    return name === undefined || version === undefined ? [] : [[`${name} ${architecture}`, version] as const];
  });
}

function compareComponents({ components }: ToolchainPins, found: Installed['components']): readonly string[] {
  if (found === null) return ['its toolchain cannot be read'];
  const sums = new Map(found.map(({ name, sha256 }) => [name, sha256]));
  return components
    .filter(({ name, sha256 }) => sums.get(name) !== sha256)
    .map(({ name }) => `the component ${name} of its toolchain is not that of the lock`);
}
