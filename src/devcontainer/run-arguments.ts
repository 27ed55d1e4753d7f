/** What an option of `docker run` does to a container. `harmless` may have any value that does not come from outside. */
export type RunArgumentMeaning =
  | { readonly kind: 'harmless' }
  /** With exactly these values; with others it is what `else` says. */
  | { readonly kind: 'only'; readonly values: readonly string[]; readonly else: HazardKind }
  | { readonly kind: 'hazard'; readonly hazard: HazardKind };

/** What a devcontainer can do beyond a container that holds its walls. */
export const hazards = {
  'host-command': 'runs on your machine, outside of every container, when the folder is opened',
  privileged: 'gives the container all rights over this machine',
  'engine-socket': 'gives the container the engine, and with it this machine',
  capabilities: 'gives the container rights of root',
  'filter-off': 'takes a wall of the engine away',
  'host-folder': 'opens files of this machine to the container',
  'host-namespace': 'lets the container into a namespace of this machine',
  device: 'gives the container a device of this machine',
  'open-network': 'has a network',
  compose: 'is another file that can say all of this, and is not looked at',
  feature: 'runs scripts as root that make another image',
  'built-image': 'makes an image of its own, and what its label asks for is granted',
  'build-options': 'are handed to the build as they are',
  'unpinned-image': 'can be another image tomorrow, and what its label asks for is granted',
  'host-variable': 'passes a variable of this machine into the container',
  'unknown-argument': 'is an option of `docker run` that is not known to be harmless',
} as const;
export type HazardKind = keyof typeof hazards;

const harmless = { kind: 'harmless' } as const;
const hazard = (kind: HazardKind) => ({ kind: 'hazard', hazard: kind }) as const;
const only = (kind: HazardKind, ...values: readonly string[]) => ({ kind: 'only', values, else: kind }) as const;

/**
 * The options of `docker run` (Docker 20.10 to 28) that are known; any other one counts as a hazard, since a new one may
 * open anything.
 */
export const runArguments: Readonly<Record<string, RunArgumentMeaning>> = {
  '--network': only('open-network', 'none'),
  '--net': only('open-network', 'none'),
  '--cap-drop': harmless,
  '--security-opt': only('filter-off', 'no-new-privileges', 'no-new-privileges:true', 'no-new-privileges=true'),
  '--pids-limit': harmless,
  '--memory': harmless,
  '-m': harmless,
  '--memory-swap': harmless,
  '--memory-reservation': harmless,
  '--shm-size': harmless,
  '--cpus': harmless,
  '--cpu-shares': harmless,
  '-c': harmless,
  '--cpuset-cpus': harmless,
  '--ulimit': harmless,
  '--init': harmless,
  '--name': harmless,
  '--hostname': harmless,
  '-h': harmless,
  '--label': harmless,
  '-l': harmless,
  '--user': harmless,
  '-u': harmless,
  '--workdir': harmless,
  '-w': harmless,
  '--read-only': harmless,
  '--tmpfs': harmless,
  '--rm': harmless,
  '--platform': harmless,
  '--stop-timeout': harmless,
  '--env': harmless,
  '-e': harmless,
  '--privileged': only('privileged', 'false'),
  '--cap-add': hazard('capabilities'),
  '--group-add': hazard('capabilities'),
  '--volume': hazard('host-folder'),
  '-v': hazard('host-folder'),
  '--mount': hazard('host-folder'),
  '--volumes-from': hazard('host-folder'),
  '--env-file': hazard('host-folder'),
  '--label-file': hazard('host-folder'),
  '--cidfile': hazard('host-folder'),
  '--device': hazard('device'),
  '--device-cgroup-rule': hazard('device'),
  '--gpus': hazard('device'),
  '--pid': hazard('host-namespace'),
  '--ipc': only('host-namespace', 'private', 'none'),
  '--uts': hazard('host-namespace'),
  '--userns': hazard('host-namespace'),
  '--cgroupns': only('host-namespace', 'private'),
  '--cgroup-parent': hazard('host-namespace'),
  '--publish': hazard('open-network'),
  '-p': hazard('open-network'),
  '--publish-all': hazard('open-network'),
  '-P': hazard('open-network'),
};

/** Options without a value of their own. */
export const switches: ReadonlySet<string> = new Set([
  '--init',
  '--read-only',
  '--rm',
  '--privileged',
  '--publish-all',
  '-P',
]);
