import type { EngineReport, Guarantee } from '../engine.ts';

/** What an engine says about itself, as far as a box depends on it. */
export interface EngineFacts {
  readonly product: 'docker' | 'podman';
  readonly version: string;
  readonly apiVersion: string;
  readonly minimumApiVersion: string;
  /** `rootless`: the daemon runs as the user. `remapped`: uid 0 inside is a sub-uid. `plain`: ids are the host's. */
  readonly userNamespace: 'plain' | 'rootless' | 'remapped';
  readonly memoryLimit: boolean;
  readonly swapLimit: boolean;
  readonly processLimit: boolean;
  readonly cpuLimit: boolean;
  readonly seccomp: boolean;
}

/** The newest version of the interface whose meaning we know; engines speak older ones for years. */
export const newestKnownApi = '1.44';
/** Docker 20.10. */
export const oldestApi = '1.41';

interface VersionAnswer {
  readonly Version?: string;
  readonly ApiVersion?: string;
  readonly MinAPIVersion?: string;
  readonly Components?: readonly { readonly Name?: string; readonly Version?: string }[];
}
interface InfoAnswer {
  readonly MemoryLimit?: boolean;
  readonly SwapLimit?: boolean;
  readonly PidsLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly SecurityOptions?: readonly string[] | null;
  /** Podman's own word for it. */
  readonly Rootless?: boolean;
}

export function engineFacts(version: VersionAnswer, info: InfoAnswer): EngineFacts {
  const security = info.SecurityOptions ?? [];
  const has = (name: string) => security.some((option) => option === name || option.startsWith(`name=${name}`));
  const podman = (version.Components ?? []).some((component) => /podman/i.test(component.Name ?? ''));
  return {
    product: podman ? 'podman' : 'docker',
    version: version.Version ?? '0',
    apiVersion: version.ApiVersion ?? '0',
    minimumApiVersion: version.MinAPIVersion ?? '1.12',
    userNamespace: has('rootless') || info.Rootless === true ? 'rootless' : has('userns') ? 'remapped' : 'plain',
    memoryLimit: info.MemoryLimit === true,
    swapLimit: info.SwapLimit === true,
    processLimit: info.PidsLimit === true,
    cpuLimit: info.CpuCfsQuota === true,
    seccomp: has('seccomp'),
  };
}

/** The version that both sides speak, or `null`. */
export function commonApi(facts: Pick<EngineFacts, 'apiVersion' | 'minimumApiVersion'>): string | null {
  if (compareVersions(facts.apiVersion, oldestApi) < 0) return null;
  const wanted = compareVersions(facts.apiVersion, newestKnownApi) < 0 ? facts.apiVersion : newestKnownApi;
  // An engine that has dropped what we know is newer than us; its oldest is the nearest to what we know.
  return compareVersions(wanted, facts.minimumApiVersion) < 0 ? facts.minimumApiVersion : wanted;
}

export function compareVersions(left: string, right: string): number {
  const numbers = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [a, b] = [numbers(left), numbers(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What this engine holds, and for what it does not hold: why, and the remedy. */
export function engineReport(facts: EngineFacts, socket: string, wallGap: string | null = null): EngineReport {
  const cgroups =
    facts.userNamespace === 'rootless'
      ? 'a rootless engine needs cgroup v2 with delegation: enable `Delegate=yes` for the user service'
      : 'its kernel has the cgroup controller off: see the warnings of `docker info`';
  const gap = (name: Guarantee, held: boolean, why: string) => (held ? [] : [[name, why] as const]);
  const gaps = [
    ...gap('memory-limit', facts.memoryLimit && facts.swapLimit, `the engine has no memory and swap limit; ${cgroups}`),
    ...gap('process-limit', facts.processLimit, `the engine has no process limit; ${cgroups}`),
    ...gap('cpu-limit', facts.cpuLimit, `the engine has no CPU limit; ${cgroups}`),
    ...gap('disk-limit', facts.seccomp && facts.product === 'docker', 'the engine takes no system call filter of ours'),
    ...gap('seccomp', facts.seccomp, 'the engine was built or started without seccomp: start it without `unconfined`'),
    ...gap(
      'devices',
      facts.userNamespace !== 'rootless',
      'a rootless engine gives no devices: use one that runs as root',
    ),
    ...gap('build-script-walls', wallGap === null, wallGap ?? ''),
    ...gap('user-namespace', facts.userNamespace === 'rootless', 'the engine runs as root: use a rootless one'),
  ];
  const all: readonly Guarantee[] = [
    'read-only-project',
    'no-network',
    'memory-limit',
    'process-limit',
    'cpu-limit',
    'disk-limit',
    'open-files-limit',
    'seccomp',
    'build-script-walls',
    'user-namespace',
    'devices',
  ];
  const missing = new Map(gaps);
  return {
    engine: 'docker',
    version: facts.version,
    path: socket,
    traits: [
      ...(facts.product === 'podman' ? ['Podman'] : []),
      ...(facts.userNamespace === 'plain' ? [] : [facts.userNamespace === 'rootless' ? 'rootless' : 'userns-remap']),
    ],
    // A remapping engine is told not to for a box: see `container-options.ts`.
    ids: facts.userNamespace === 'rootless' ? 'mapped' : 'host',
    enforces: new Set(all.filter((name) => !missing.has(name))),
    gaps: Object.fromEntries(gaps),
  };
}
