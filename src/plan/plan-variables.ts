import { inside, type ToolchainPlan } from './box-plan.ts';
import type { PlanInputs } from './plan-inputs.ts';

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The first cargo that knows `build.build-dir`; before it intermediate and final artifacts share one folder. */
const buildDirectorySince = [1, 91] as const;

/**
 * The whole environment of a box, made from nothing: what every box has, then what passes by the table of names, then
 * what the configuration sets. A later one never overrides what holds the wall (`fixed`).
 */
export function planVariables(inputs: PlanInputs, toolchain: ToolchainPlan): Readonly<Record<string, string>> {
  const passing = Object.fromEntries(inputs.request.variables.map(({ name, value }) => [name, value]));
  const merged = {
    ...base,
    ...nixVariables(inputs),
    ...passing,
    ...inputs.config.env.set.value,
    ...fixed(inputs, toolchain),
  };
  return Object.fromEntries(Object.entries(merged).sort(([left], [right]) => (left < right ? -1 : 1)));
}

const base = { LANG: 'C.UTF-8', USER: 'box', LOGNAME: 'box' } as const;

/** What the setup of a Nix environment says: where its libraries are, for compilers that read it. */
function nixVariables({ config, pins }: PlanInputs): Readonly<Record<string, string>> {
  return config.environment.value === 'nix' ? (pins.nix?.variables ?? {}) : {};
}

function fixed(inputs: PlanInputs, toolchain: ToolchainPlan): Readonly<Record<string, string>> {
  const { pins } = inputs;
  const ofNix = nixVariables(inputs).PATH;
  // Scripts of a root of Nix find `sh` and `env` where all scripts look for them, and nothing else.
  const system = ofNix === undefined ? systemPath : `${ofNix}:/usr/bin:/bin`;
  const image = toolchain.kind === 'image' ? (pins.image?.variables ?? {}) : {};
  const path = toolchain.kind === 'host' ? `${inside.toolchain}/bin:${system}` : (image.PATH ?? systemPath);
  const version = toolchain.kind === 'host' ? toolchain.version : 'unknown';
  return {
    ...image,
    HOME: inside.home,
    PATH: `${inside.bin}:${path}`,
    TMPDIR: '/tmp',
    CARGO_HOME: inside.cargoHome,
    CARGO_NET_OFFLINE: 'true',
    CARGO_TARGET_DIR: inside.targetDirectory,
    ...(knowsBuildDirectory(version) ? { CARGO_BUILD_BUILD_DIR: inside.buildDirectory } : {}),
  };
}

function knowsBuildDirectory(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > buildDirectorySince[0] || (major === buildDirectorySince[0] && minor >= buildDirectorySince[1]);
}
