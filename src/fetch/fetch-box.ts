import { join } from 'node:path';
import type { PreparedRoot, ResolvedBox, ResolvedMount } from '../engine/engine.ts';
import type { Facts } from '../facts/facts.ts';
import { type FetchLimits, inside, noLimits } from '../plan/box-plan.ts';
import { fetchToolchain } from './fetch-toolchain.ts';
import { fetchVariables, insideFetchBox } from './fetch-variables.ts';
import type { HostNetwork } from './find-host-network.ts';
import type { SshFiles } from './ssh-access.ts';

/** Everything that one run of cargo in the fetch box needs, as data. */
export interface FetchBoxInputs {
  readonly id: string;
  /** Where it has its CARGO_HOME: a `secretCargoHome`. */
  readonly cargoHome: string;
  readonly facts: Facts;
  readonly root: PreparedRoot;
  readonly network: HostNetwork;
  readonly folders: FetchBoxFolders;
  readonly usesSsh: boolean;
  readonly offline: boolean;
  readonly limits: FetchLimits;
  readonly progressColumns: number | null;
  readonly color: boolean;
  /** Folders of the project that hold vendored crates, relative to its mounted folder. */
  readonly vendored: readonly string[];
  /** Granted folders beside the project, as `../lib`: of them too, only the skeleton is there. */
  readonly outside: readonly string[];
}

export interface FetchBoxFolders extends SshFiles {
  readonly fetchHome: string;
  readonly skeleton: string;
  /** Stands for `registry/src` of the fetch home: nothing that cargo unpacks there is ever used. */
  readonly unpacked: string;
  readonly configFile: string;
  readonly credentialsFile: string;
}

const homeBytes = 64 * 1024 ** 2;
const temporaryBytes = 4 * 1024 ** 3;

/** The only box with a network. It holds manifests, our configuration and our own root: nothing of a project runs. */
export function fetchBox(inputs: FetchBoxInputs, cargoArguments: readonly string[], folder: string): ResolvedBox {
  const { facts, network, cargoHome } = inputs;
  return {
    id: inputs.id,
    root: inputs.root,
    argv: [fetchToolchain(facts).cargo, ...cargoArguments],
    workingDirectory: folder === '' ? inside.project : `${inside.project}/${folder}`,
    variables: fetchVariables(facts.host.variables, inputs.root.variables ?? {}, {
      cargoHome,
      certificates: network.certificates !== null,
      sshAgent: inputs.usesSsh && network.sshAgent !== null,
      offline: inputs.offline,
      progressColumns: inputs.progressColumns,
      color: inputs.color,
    }),
    mounts: [...ownMounts(inputs), ...networkMounts(inputs)],
    network: 'host',
    devices: [],
    limits: { ...noLimits, ...inputs.limits },
    streams: 'pipes',
    uid: facts.host.uid,
    gid: facts.host.gid,
  };
}

function ownMounts({ facts, folders, vendored, outside, cargoHome }: FetchBoxInputs): readonly ResolvedMount[] {
  const toolchain = fetchToolchain(facts).folder;
  return [
    bind(folders.skeleton, inside.project, 'read-write'),
    ...vendored.map((path) => bind(join(facts.project.mountRoot, path), `${inside.project}/${path}`, 'read-only')),
    ...outside.map((path) => bind(join(folders.skeleton, path), join(inside.project, path), 'read-only')),
    bind(folders.fetchHome, cargoHome, 'read-write'),
    bind(folders.unpacked, `${cargoHome}/registry/src`, 'read-write'),
    bind(folders.configFile, `${cargoHome}/config.toml`, 'read-only'),
    bind(folders.credentialsFile, `${cargoHome}/credentials.toml`, 'read-only'),
    ...(toolchain === null ? [] : [bind(toolchain, inside.toolchain, 'read-only')]),
    { kind: 'tmpfs', target: inside.home, sizeBytes: homeBytes },
    { kind: 'tmpfs', target: '/tmp', sizeBytes: temporaryBytes },
  ];
}

/** The user's agent is only there for a project that has a dependency by ssh: it signs for whoever can reach it. */
function networkMounts({ network, usesSsh, folders }: FetchBoxInputs): readonly ResolvedMount[] {
  const wanted = [
    [network.certificates, insideFetchBox.certificates],
    [network.resolver, '/etc/resolv.conf'],
    [network.hosts, '/etc/hosts'],
    [usesSsh ? network.sshAgent : null, insideFetchBox.sshAgent],
    [usesSsh ? folders.knownHostsFile : null, insideFetchBox.knownHosts],
    [usesSsh ? folders.accountsFile : null, '/etc/passwd'],
  ] as const;
  return wanted.flatMap(([source, target]) => (source === null ? [] : [bind(source, target, 'read-only')]));
}

function bind(source: string, target: string, access: 'read-only' | 'read-write'): ResolvedMount {
  return { kind: 'bind', source, target, access };
}
