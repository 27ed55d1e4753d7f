import { type Result, success } from '../../base/result.ts';
import { componentDigests } from '../../facts/hash-components.ts';
import type { ToolchainPins } from '../../lock/pins.ts';
import type { Session } from '../session.ts';
import type { Gathered } from './gather.ts';

/** Components without which cargo builds nothing; others are pinned when they are installed and a build can use them. */
const pinnedComponents = /^(cargo|rustc|rust-std|clippy|rustfmt)(-preview)?-/;

/** The toolchain of this machine with a digest for each component; `null`: the environment brings its own. */
export async function toolchainPins(
  { interruption, reporter }: Session,
  { config, facts }: Gathered,
): Promise<Result<ToolchainPins | null>> {
  const { toolchain } = facts;
  if (config.toolchain.value !== 'host' || toolchain === null) return success(null);
  reporter.step('Hashing the toolchain');
  const names = toolchain.components.filter((name) => pinnedComponents.test(name));
  const components = await componentDigests(toolchain, names, interruption.signal);
  if (!components.ok) return components;
  const { name, version, manifestSha256 } = toolchain;
  return success({ name, version, manifestSha256, components: components.value });
}
