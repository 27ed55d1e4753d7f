import { canonicalJson } from '../base/canonical-json.ts';
import { failure, type Result, success } from '../base/result.ts';
import type { AddedSet } from '../lock/pins.ts';
import { type EnvironmentPlan, inside, type ToolchainPlan } from './box-plan.ts';
import type { PlanInputs } from './plan-inputs.ts';

/** What is inside, from the pins alone: an environment that is not pinned cannot be planned. */
export function planEnvironment({ config, pins, hash }: PlanInputs): Result<EnvironmentPlan> {
  if (config.environment.value === 'image') {
    if (pins.image === undefined) return unpinned('image');
    const { reference, digest, added } = pins.image;
    if (added === undefined) return success({ kind: 'image', reference, digest });
    // An image may have all of it already: then it is the image as it is.
    const more = added.packages.length === 0 ? {} : { addedSha256: hash(addedText(added)) };
    return success({ kind: 'image', reference, digest, layers: added.layers, ...more });
  }
  if (config.environment.value === 'nix') {
    if (pins.nix === undefined) return unpinned('nix');
    const { nixpkgs, layers, environment } = pins.nix;
    return success({ kind: 'nix', nixpkgs: nixpkgs.narHash, layers, environment });
  }
  if (pins.debian === undefined) return unpinned('debian');
  const { suite, layers, rootSha256, added } = pins.debian;
  const base = added === undefined ? {} : { baseSha256: added.baseSha256 };
  return success({ kind: 'debian', suite, layers, rootSha256, ...base });
}

/** What an image gets, by the bytes of its packages and nothing else: where they came from changes no result. */
export function addedText({ packages }: Pick<AddedSet, 'packages'>): string {
  return canonicalJson(
    packages.map(({ name, version, architecture, sha256 }) => [name, version, architecture, sha256]),
  );
}

function unpinned(environment: string): Result<never> {
  return failure({
    code: 'lock-missing',
    what: `the ${environment} environment is not pinned`,
    fix: 'Run `cargo-boxed lock`.',
  });
}

export function planToolchain({ config, facts, pins }: PlanInputs): ToolchainPlan {
  if (config.toolchain.value === 'image') return { kind: 'image' };
  if (config.toolchain.value === 'nix') {
    if (pins.nix?.toolchain === undefined) throw new Error('a plan with a toolchain of Nix, and none is pinned');
    const { channel, version, output } = pins.nix.toolchain;
    return { kind: 'nix', name: channel, version, output };
  }
  if (facts.toolchain === null) throw new Error('a plan with the host’s toolchain, and none was found');
  const { name, version, manifestSha256 } = facts.toolchain;
  return { kind: 'host', name, version, manifestSha256 };
}

/** Where it is in a box; `null`: only the image knows. */
export function toolchainFolder(toolchain: ToolchainPlan): string | null {
  if (toolchain.kind === 'host') return inside.toolchain;
  return toolchain.kind === 'nix' ? `/nix/store/${toolchain.output}` : null;
}
