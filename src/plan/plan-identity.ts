import { canonicalJson } from '../base/canonical-json.ts';
import type { EnvironmentPlan, ToolchainPlan } from './box-plan.ts';
import { placesInside } from './places.ts';
import type { PlanInputs } from './plan-inputs.ts';

/** Raised when the inside of a box changes so that old artifacts could be wrong. */
const layoutVersion = 2;

/**
 * One hash over all that can change the result: it names the target directory, so artifacts of two environments never
 * mix. Cargo's own inputs (features, profiles, sources) are left to cargo's fingerprints.
 */
export function planIdentity(
  inputs: PlanInputs,
  environment: EnvironmentPlan,
  toolchain: ToolchainPlan,
  projectPath: string,
): string {
  const { config, request, facts } = inputs;
  const changing = request.variables.filter((variable) => variable.changesResult);
  const text = canonicalJson({
    layoutVersion,
    environment: environmentIdentity(environment),
    toolchain: toolchainIdentity(toolchain),
    projectPath,
    buildDirectory: placesInside(request.trial).buildDirectory,
    architecture: facts.host.architecture,
    variables: Object.fromEntries(changing.map(({ name, value }) => [name, value])),
    ...(request.userConfiguration === '' ? {} : { userConfiguration: request.userConfiguration }),
    set: config.env.set.value,
    passed: config.env.pass.value,
    // A file that is shown from now on can be older than what was built without it: cargo would not see a change.
    ...(config.show.value.length > 0 ? { show: config.show.value } : {}),
    ...(config.projectFiles.value === 'copy' ? { projectFiles: 'copy' } : {}),
    // A script may have found another way behind its wall, and cargo would not run it again.
    ...(config.unwalledBuildScripts.value.length > 0 ? { unwalled: config.unwalledBuildScripts.value } : {}),
    ...openings(config),
    ...(request.trial === null ? {} : { trial: request.trial }),
  });
  return inputs.hash(text).slice(0, 32);
}

function environmentIdentity(environment: EnvironmentPlan): object {
  if (environment.kind === 'debian') return { root: environment.rootSha256 };
  if (environment.kind === 'nix') return { nix: environment.environment };
  const { digest, addedSha256 } = environment;
  return { image: digest, ...(addedSha256 === undefined ? {} : { added: addedSha256 }) };
}

function toolchainIdentity(toolchain: ToolchainPlan): object | string {
  if (toolchain.kind === 'host') return { manifest: toolchain.manifestSha256, name: toolchain.name };
  return toolchain.kind === 'nix' ? { nix: toolchain.output } : 'image';
}

/** What is read through a door, from a device or from a mount can end up in an artifact. */
function openings({ network, devices, mounts }: PlanInputs['config']): object {
  return {
    ...(network.value.length === 0 ? {} : { network: network.value }),
    ...(devices.value.length === 0 ? {} : { devices: devices.value }),
    ...(mounts.value.length === 0 ? {} : { mounts: mounts.value }),
  };
}
