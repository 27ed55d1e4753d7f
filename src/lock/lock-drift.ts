import type { Config } from '../config/config.ts';
import type { ToolchainFacts } from '../facts/facts.ts';
import { isPlainName } from '../facts/toolchain-name.ts';
import type { Problem } from '../problem/problem.ts';
import { learnedAdditions } from './learned-additions.ts';
import type { Pins } from './pins.ts';

/** Where the project's lock and what is wanted now differ. A drift is named, never followed. */
export function lockDrift(
  config: Config,
  pins: Pins,
  toolchain: ToolchainFacts | null,
  file: string,
): readonly Problem[] {
  const differences = [...environmentDrift(config, pins), ...toolchainDrift(config, pins, toolchain)];
  return differences.map(([what, fix]) => ({ code: 'lock-outdated', what, where: { file }, fix }));
}

type Difference = readonly [what: string, fix: string];
const lockAgain = 'Run `cargo-boxed lock`.';

function environmentDrift(config: Config, pins: Pins): readonly Difference[] {
  if (config.environment.value === 'image') {
    if (pins.image === undefined) return [['cargo-boxed.lock pins no image', lockAgain]];
    if (pins.image.reference !== config.image.value)
      return [[`cargo-boxed.lock pins the image ${pins.image.reference}, not ${config.image.value}`, lockAgain]];
    return additionsDrift(config, pins, pins.image.added);
  }
  const debian = pins.debian;
  if (debian === undefined) return [['cargo-boxed.lock pins no debian environment', lockAgain]];
  const differences: Difference[] = [];
  if (debian.suite !== config.suite.value) {
    differences.push([`cargo-boxed.lock pins Debian ${debian.suite}, not ${config.suite.value}`, lockAgain]);
  }
  return [...differences, ...additionsDrift(config, pins, { layers: debian.layers, names: debian.added?.names ?? [] })];
}

/** What the lock has beyond the base or the image, against what is wanted now. */
function additionsDrift(
  config: Config,
  pins: Pins,
  held: { readonly layers: readonly string[]; readonly names: readonly string[] } = { layers: [], names: [] },
): readonly Difference[] {
  const differences: Difference[] = [];
  const learned = learnedAdditions(pins.learned ?? []);
  const compare = (what: string, has: readonly string[], wanted: readonly string[], own: readonly string[]) => {
    const expected = [...new Set([...wanted, ...own])].sort();
    if (has.join() === expected.join()) return;
    const difference = `cargo-boxed.lock pins the ${what} [${has.join(', ')}], not [${expected.join(', ')}]`;
    differences.push([difference, lockAgain]);
  };
  compare('layers', held.layers, config.layers.value, learned.layers);
  compare('packages', held.names, config.packages.value, learned.packages);
  return differences;
}

function toolchainDrift(config: Config, pins: Pins, toolchain: ToolchainFacts | null): readonly Difference[] {
  if (config.toolchain.value === 'image' || pins.toolchain === undefined || toolchain === null) return [];
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
