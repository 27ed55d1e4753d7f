import { inside, type ToolchainPlan } from './box-plan.ts';
import { placesInside } from './places.ts';
import { toolchainFolder } from './plan-environment.ts';
import type { PlanInputs } from './plan-inputs.ts';
import { otherCount, type Variation, varied } from './variations.ts';

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
    ...trialVariables(inputs),
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

/** Of a trial. The number of jobs is said in each, so that one with fewer processors has as many. */
function trialVariables({ request: { trial }, facts }: PlanInputs): Readonly<Record<string, string>> {
  if (trial === null) return {};
  const varies = (name: Variation) => trial.varies.includes(name);
  const { cpus } = facts.host;
  return {
    CARGO_BUILD_JOBS: String(varies('jobs') ? otherCount(cpus) : cpus),
    ...(varies('user') ? { USER: varied.userName, LOGNAME: varied.userName } : {}),
    ...(varies('locale') ? varied.locale : {}),
    ...(varies('time-zone') ? { TZ: varied.timeZone } : {}),
  };
}

function fixed(inputs: PlanInputs, toolchain: ToolchainPlan): Readonly<Record<string, string>> {
  const { pins, request } = inputs;
  const places = placesInside(request.trial);
  const ofNix = nixVariables(inputs).PATH;
  // Scripts of a root of Nix find `sh` and `env` where all scripts look for them, and nothing else.
  const system = ofNix === undefined ? systemPath : `${ofNix}:/usr/bin:/bin`;
  const image = toolchain.kind === 'image' ? (pins.image?.variables ?? {}) : {};
  const folder = toolchainFolder(toolchain);
  const path = folder === null ? (image.PATH ?? systemPath) : `${folder}/bin:${system}`;
  const version = toolchain.kind === 'image' ? 'unknown' : toolchain.version;
  return {
    ...image,
    HOME: places.home,
    PATH: `${inside.bin}:${path}`,
    TMPDIR: '/tmp',
    CARGO_HOME: inside.cargoHome,
    CARGO_NET_OFFLINE: 'true',
    CARGO_TARGET_DIR: places.targetDirectory,
    ...(knowsBuildDirectory(version) ? { CARGO_BUILD_BUILD_DIR: places.buildDirectory } : {}),
  };
}

function knowsBuildDirectory(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > buildDirectorySince[0] || (major === buildDirectorySince[0] && minor >= buildDirectorySince[1]);
}
