import { failure, type Result, success } from '../../base/result.ts';
import { runProgram } from '../../host/program.ts';
import { printable } from '../../problem/problem.ts';
import type { NixHost } from './nix-host.ts';
import { nixVariables } from './nix-settings.ts';

/** The first Nix whose programs know restricted evaluation as we use it. */
const oldest = [2, 4] as const;

/** The version of Nix as it says it: `2.8.0`. */
export async function nixVersion(program: string, signal: AbortSignal): Promise<string> {
  const asked = await runProgram(program, ['--version'], { variables: {}, timeoutMs: 10_000, signal });
  return /(\d+\.\d+(?:\.\d+)?)/.exec(asked.stdout)?.[1] ?? '';
}

/** Whether this Nix can do what is asked of it, and builds nothing outside of its sandbox. */
export async function checkNix(host: NixHost): Promise<Result<{ readonly version: string }>> {
  const version = await nixVersion(host.programs.instantiate, host.signal);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    return failure({
      code: 'environment',
      what: version === '' ? 'Nix does not say its version' : `Nix ${printable(version)} is too old`,
      why: `it takes ${oldest.join('.')} or later`,
      fix: 'Update Nix, or use `environment: debian`.',
    });
  }
  const sandbox = await checkSandbox(host);
  return sandbox.ok ? success({ version }) : sandbox;
}

/** A daemon builds by its own settings, whatever we say. */
async function checkSandbox(host: NixHost): Promise<Result<true>> {
  if (host.store.kind !== 'daemon') return success(true);
  const { NIX_CONFIG: _ours, ...variables } = nixVariables(
    host.store,
    {},
    { offline: true, isRoot: false, hasBuildUsers: true },
  );
  for (const words of [['show-config'], ['config', 'show']]) {
    const argv = ['--extra-experimental-features', 'nix-command', ...words];
    const asked = await runProgram(host.programs.nix, argv, {
      variables: { ...variables, HOME: '/nonexistent' },
      timeoutMs: 10_000,
      signal: host.signal,
    });
    if (asked.status !== 0) continue;
    const setting = (name: string) => new RegExp(`^${name} = (\\S+)$`, 'm').exec(asked.stdout)?.[1];
    if (setting('sandbox') === 'true' && setting('sandbox-fallback') === 'false') return success(true);
    return failure({
      code: 'not-enforceable',
      what: "the daemon of Nix may build without a sandbox, and then builders of a pin would run with this machine's files",
      why: `/etc/nix/nix.conf: sandbox = ${setting('sandbox') ?? 'unknown'}, sandbox-fallback = ${setting('sandbox-fallback') ?? 'unknown'}`,
      fix: 'Write `sandbox = true` and `sandbox-fallback = false` into /etc/nix/nix.conf and restart the daemon.',
    });
  }
  return failure({
    code: 'not-enforceable',
    what: 'Nix does not say whether its daemon builds in a sandbox',
    fix: 'Update Nix, or use `environment: debian`.',
  });
}
