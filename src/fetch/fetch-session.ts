import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Result, success } from '../base/result.ts';
import type { PreparedRoot } from '../engine/engine.ts';
import type { ProjectFacts, TomlTable } from '../facts/facts.ts';
import { outsidePaths } from '../facts/outside-paths.ts';
import { readOwnText } from '../facts/read-project-text.ts';
import { readForeignText } from '../host/read-file.ts';
import { parseToml } from '../toml/parse.ts';
import { fetchBox } from './fetch-box.ts';
import { fetchConfig } from './fetch-config.ts';
import { type FetchFolders, makeFetchFolders, removeRun } from './fetch-folders.ts';
import type { FetchInputs } from './fetch-inputs.ts';
import { findHostNetwork, type HostNetwork } from './find-host-network.ts';
import { makeSkeleton } from './make-skeleton.ts';
import { registryTokens } from './registry-tokens.ts';
import { type CargoEnd, runCargo } from './run-cargo.ts';
import { tomlText } from './toml-text.ts';
import { vendoredFolders } from './vendored-folders.ts';
import { withStorage } from './with-storage.ts';

/** One use of the fetch box: a skeleton and configuration of its own, any number of cargo runs, then it is gone. */
export interface FetchSession {
  readonly inputs: FetchInputs;
  readonly folders: FetchFolders;
  /** What stands for a folder beside the project stands beside this. */
  readonly skeleton: string;
  /** Stands for cargo's folder of unpacked crates. */
  readonly unpacked: string;
  readonly withheldTokens: readonly string[];
  readonly root: PreparedRoot;
  readonly network: HostNetwork;
  readonly usesSsh: boolean;
  readonly vendored: readonly string[];
}

/** Opens a session, gives it to `use`, and removes all that it made on the host. */
export async function withFetchSession<T>(
  inputs: FetchInputs,
  use: (session: FetchSession) => Promise<Result<T>>,
): Promise<Result<T>> {
  const root = await inputs.root();
  if (!root.ok) return root;
  const credentials = readCredentials(inputs.facts.host.cargoHome);
  if (!credentials.ok) return credentials;
  const vendored = vendoredFolders(inputs.facts.project);
  if (!vendored.ok) return vendored;
  return withStorage(inputs.locations.cache, async () => {
    const folders = makeFetchFolders(inputs.locations);
    try {
      return await use(openSession(inputs, folders, root.value, credentials.value, vendored.value));
    } finally {
      removeRun(folders);
    }
  });
}

function openSession(
  inputs: FetchInputs,
  folders: FetchFolders,
  root: PreparedRoot,
  credentials: TomlTable,
  vendored: readonly string[],
): FetchSession {
  const { project, host } = inputs.facts;
  const tokens = registryTokens(project.cargoConfig, credentials, host.variables);
  const config = fetchConfig(project.cargoConfig);
  const [skeleton, unpacked] = [join(folders.run, 'skeleton/project'), join(folders.run, 'unpacked')];
  mkdirSync(unpacked);
  writeFileSync(join(folders.run, 'config.toml'), tomlText(config.home), { mode: 0o600 });
  writeFileSync(join(folders.run, 'credentials.toml'), tomlText(tokens.credentials), { mode: 0o600 });
  makeSkeleton(project, config.project, skeleton);
  for (const path of vendored) mkdirSync(join(skeleton, path), { recursive: true });
  return {
    inputs,
    folders,
    skeleton,
    unpacked,
    withheldTokens: tokens.withheld,
    root,
    network: findHostNetwork(host.variables, project.cargoConfig.user),
    usesSsh: mentionsSsh(project),
    vendored,
  };
}

export interface CargoRun {
  readonly arguments: readonly string[];
  /** Below the skeleton. */
  readonly folder: string;
  /** Another project in the place of the skeleton. */
  readonly project?: string;
  /** Another CARGO_HOME in the place of the lasting one. */
  readonly home?: string;
  readonly shown: 'shown' | 'hidden';
}

/** Runs cargo on the skeleton. */
export function runInSession(session: FetchSession, run: CargoRun): Promise<Result<CargoEnd>> {
  const { inputs, folders } = session;
  const box = fetchBox(
    {
      id: `fetch-${basename(folders.run)}-${createHash('sha256').update(run.arguments.join('\0')).digest('hex').slice(0, 8)}`,
      facts: inputs.facts,
      root: session.root,
      network: session.network,
      folders: {
        fetchHome: run.home ?? folders.fetchHome,
        skeleton: run.project ?? session.skeleton,
        unpacked: session.unpacked,
        configFile: join(folders.run, 'config.toml'),
        credentialsFile: join(folders.run, 'credentials.toml'),
      },
      usesSsh: session.usesSsh || run.arguments.some((word) => ssh.test(word)),
      offline: inputs.offline,
      progressColumns: inputs.progress.columns,
      color: inputs.progress.color,
      vendored: run.project === undefined ? session.vendored : [],
      outside: run.project === undefined ? outsidePaths(inputs.facts.project) : [],
    },
    run.arguments,
    run.folder,
  );
  return runCargo(inputs.runBox, box, run.shown === 'shown' ? inputs.progress.stream : null, inputs.signal);
}

/** The lock as cargo left it in the skeleton; `null` when there is none. */
export function skeletonLock(session: FetchSession): Result<string | null> {
  return readForeignText(join(session.skeleton, session.inputs.facts.project.workspace, 'Cargo.lock'));
}

function readCredentials(cargoHome: string): Result<TomlTable> {
  for (const name of ['credentials', 'credentials.toml']) {
    const file = join(cargoHome, name);
    const text = readOwnText(file);
    if (!text.ok) return text;
    if (text.value !== null) return parseToml(text.value, file, { code: 'config' });
  }
  return success({});
}

const ssh = /ssh:\/\/|\bgit@/;

function mentionsSsh(project: ProjectFacts): boolean {
  const lock = project.lockfile.state === 'present' ? project.lockfile.text : '';
  return (
    ssh.test(lock) ||
    project.manifests.some((manifest) => ssh.test(manifest.text)) ||
    ssh.test(tomlText(project.cargoConfig.project))
  );
}
