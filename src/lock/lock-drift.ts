import type { Config } from '../config/config.ts';
import type { Facts, NixToolchain, OwnNix, ToolchainFacts } from '../facts/facts.ts';
import { isPlainName } from '../facts/toolchain-name.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { debianArchitecture } from './debian-architecture.ts';
import { learnedAdditions } from './learned-additions.ts';
import { archiveOf, type NixSourceName, revisionPattern } from './nix-archive.ts';
import type { NixPins, NixSource, NixToolchainPins, OwnNixPins, Pins } from './pins.ts';

/** Where the project's lock and what is wanted now differ. A drift is named, never followed. */
export function lockDrift(
  config: Config,
  pins: Pins,
  { host, toolchain, ownNix, nixToolchain }: Pick<Facts, 'host' | 'toolchain' | 'ownNix' | 'nixToolchain'>,
  file: string,
): readonly Problem[] {
  const machine = debianArchitecture(host.architecture);
  const wanted = { ownNix, nixToolchain };
  const differences = [...environmentDrift(config, pins, machine, wanted), ...toolchainDrift(config, pins, toolchain)];
  return differences.map(([what, fix]) => ({ code: 'lock-outdated', what, where: { file }, fix }));
}

type Difference = readonly [what: string, fix: string];
const lockAgain = 'Run `cargo-boxed lock`.';

function environmentDrift(
  config: Config,
  pins: Pins,
  machine: string,
  { ownNix, nixToolchain }: Pick<Facts, 'ownNix' | 'nixToolchain'>,
): readonly Difference[] {
  if (config.environment.value === 'image') {
    if (pins.image === undefined) return [['cargo-boxed.lock pins no image', lockAgain]];
    if (pins.image.reference !== config.image.value)
      return [[`cargo-boxed.lock pins the image ${pins.image.reference}, not ${config.image.value}`, lockAgain]];
    return [...machineDrift(pins.image.added, machine), ...additionsDrift(config, pins, pins.image.added)];
  }
  if (config.environment.value === 'nix') {
    return pins.nix === undefined
      ? [['cargo-boxed.lock pins no nix environment', lockAgain]]
      : [
          ...systemDrift(pins.nix, machine),
          ...ownNixDrift(pins.nix.own ?? null, ownNix),
          ...nixToolchainDrift(pins.nix.toolchain ?? null, nixToolchain),
          ...sourceDrift('nixpkgs', config.nix.nixpkgs.value, pins.nix.nixpkgs),
          ...(pins.nix.rustOverlay === undefined
            ? []
            : sourceDrift('rust-overlay', config.nix.rustOverlay.value, pins.nix.rustOverlay)),
          ...namesDrift('layers', pins.nix.layers, [
            ...config.layers.value,
            ...learnedAdditions(pins.learned ?? []).layers,
          ]),
          ...namesDrift('nix.packages', pins.nix.packages, config.nix.packages.value),
        ];
  }
  const debian = pins.debian;
  if (debian === undefined) return [['cargo-boxed.lock pins no debian environment', lockAgain]];
  const differences: Difference[] = [];
  if (debian.suite !== config.suite.value) {
    differences.push([`cargo-boxed.lock pins Debian ${debian.suite}, not ${config.suite.value}`, lockAgain]);
  }
  return [
    ...differences,
    ...machineDrift(debian, machine),
    ...additionsDrift(config, pins, { layers: debian.layers, names: debian.added?.names ?? [] }),
  ];
}

/** One lock can be for several machines: what is there of another one stays. */
function machineDrift(
  pinned: { readonly suite: string; readonly architecture: string } | undefined,
  machine: string,
): readonly Difference[] {
  if (pinned === undefined || pinned.architecture === machine) return [];
  const { suite, architecture } = pinned;
  const fix = `Run \`cargo-boxed lock\` on this machine: it adds ${machine} and keeps ${printable(architecture, 20)}.`;
  return [[`cargo-boxed.lock pins Debian ${suite} for ${architecture}, and this machine is ${machine}`, fix]];
}

function systemDrift({ system }: NixPins, machine: string): readonly Difference[] {
  if (debianArchitecture(system === 'aarch64-linux' ? 'aarch64' : 'x86_64') === machine) return [];
  const fix = `Run \`cargo-boxed lock\` on this machine: it adds ${machine} and keeps ${printable(system, 20)}.`;
  return [[`cargo-boxed.lock pins a Nix environment for ${system}, and this machine is ${machine}`, fix]];
}

/** What the lock has beyond the base or the image, against what is wanted now. */
function additionsDrift(
  config: Config,
  pins: Pins,
  held: { readonly layers: readonly string[]; readonly names: readonly string[] } = { layers: [], names: [] },
): readonly Difference[] {
  const learned = learnedAdditions(pins.learned ?? []);
  return [
    ...namesDrift('layers', held.layers, [...config.layers.value, ...learned.layers]),
    ...namesDrift('packages', held.names, [...config.packages.value, ...learned.packages]),
  ];
}

/** A lock names where its sources come from, and that may only be what the configuration names. */
export function sourceDrift(
  source: NixSourceName,
  named: string | null,
  { url, rev }: NixSource,
): readonly Difference[] {
  const wanted = archiveOf(source, named, named === null ? rev : revisionPattern.test(named) ? named : null);
  if (url === wanted) return [];
  return [[`cargo-boxed.lock pins ${source} from ${url}, not from ${wanted || 'a revision'}`, lockAgain]];
}

/** The toolchain of a Nix environment, by what was asked for. */
export function nixToolchainDrift(held: NixToolchainPins | null, wanted: NixToolchain | null): readonly Difference[] {
  const [was, is] = [nixToolchainText(held), nixToolchainText(wanted)];
  return was === is ? [] : [[`cargo-boxed.lock pins as its toolchain ${was}, not ${is}`, lockAgain]];
}

/** All that makes it another one. */
export function nixToolchainText(toolchain: NixToolchain | null): string {
  if (toolchain === null) return "the machine's own";
  const { channel, profile, components, targets } = toolchain;
  const more = [...components, ...targets].map((one) => `, ${one}`).join('');
  return printable(`${channel} (${profile}${more})`, 300);
}

/** The environment that is a project's own, by the content of its files. */
export function ownNixDrift(held: OwnNixPins | null, wanted: OwnNix | null): readonly Difference[] {
  if ((held?.sha256 ?? null) === (wanted?.sha256 ?? null)) return [];
  const text = (one: Pick<OwnNix, 'path' | 'shell'> | null) =>
    one === null
      ? 'our own'
      : `that of ${printable(one.path)}${one.shell === null ? '' : ` (${printable(one.shell)})`}`;
  const [was, is] = [text(held), text(wanted)];
  const what = was === is ? `${was}, which has changed` : `${was}, not ${is}`;
  return [[`cargo-boxed.lock pins as its Nix environment ${what}`, lockAgain]];
}

function namesDrift(what: string, has: readonly string[], wanted: readonly string[]): readonly Difference[] {
  const expected = [...new Set(wanted)].sort();
  if (has.join() === expected.join()) return [];
  return [[`cargo-boxed.lock pins the ${what} [${has.join(', ')}], not [${expected.join(', ')}]`, lockAgain]];
}

function toolchainDrift(config: Config, pins: Pins, toolchain: ToolchainFacts | null): readonly Difference[] {
  if (config.toolchain.value !== 'host' || pins.toolchain === undefined || toolchain === null) return [];
  const pinned = pins.toolchain;
  if (pinned.manifestSha256 === toolchain.manifestSha256) return [];
  // The lock is the project's: what it says goes into no command as anything but a name.
  if (!isPlainName(pinned.version))
    return [[`cargo-boxed.lock pins another toolchain than this machine has`, lockAgain]];
  const install = `Run \`rustup toolchain install ${pinned.version}\` and use \`+${pinned.version}\`, or \`cargo-boxed lock\`.`;
  return [
    [
      `cargo-boxed.lock pins the toolchain ${pinned.name} at ${pinned.version}, this machine has ${toolchain.version}`,
      install,
    ],
  ];
}
