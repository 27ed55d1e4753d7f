import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Result, success } from '../base/result.ts';
import type { PreparedRoot } from '../engine/engine.ts';
import type { TomlTable } from '../facts/facts.ts';
import { outsidePaths } from '../facts/outside-paths.ts';
import { readOwnText } from '../facts/read-project-text.ts';
import { readForeignText } from '../host/read-file.ts';
import { noLimits } from '../plan/box-plan.ts';
import { parseToml } from '../toml/parse.ts';
import { fetchBox } from './fetch-box.ts';
import { fetchConfig } from './fetch-config.ts';
import { type FetchFolders, makeFetchFolders, removeRun } from './fetch-folders.ts';
import type { FetchInputs } from './fetch-inputs.ts';
import { findHostNetwork, type HostNetwork } from './find-host-network.ts';
import { makeSkeleton } from './make-skeleton.ts';
import { registryTokens } from './registry-tokens.ts';
import { type CargoEnd, runCargo } from './run-cargo.ts';
import { mentionsSsh, namesSsh, sshFiles, wantedSsh, writeSshFiles } from './ssh-access.ts';
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
  const network = findHostNetwork(host.variables, project.cargoConfig.user);
  writeSshFiles(folders.run, network.knownHosts, host);
  makeSkeleton(project, config.project, skeleton);
  for (const path of vendored) mkdirSync(join(skeleton, path), { recursive: true });
  return {
    inputs,
    folders,
    skeleton,
    unpacked,
    withheldTokens: tokens.withheld,
    root,
    network,
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

/**
 * Runs cargo on the skeleton. The user's SSH agent is there when the project names an SSH address; where only a
 * submodule does, which nobody can know before, a second run has it.
 */
export async function runInSession(session: FetchSession, run: CargoRun): Promise<Result<CargoEnd>> {
  const usesSsh = session.usesSsh || run.arguments.some(namesSsh);
  const end = await runOnce(session, run, usesSsh);
  const hasAgent = !usesSsh && session.network.sshAgent !== null;
  return hasAgent && end.ok && end.value.status !== 0 && wantedSsh(end.value.said) ? runOnce(session, run, true) : end;
}

async function runOnce(session: FetchSession, run: CargoRun, usesSsh: boolean): Promise<Result<CargoEnd>> {
  const { inputs, folders } = session;
  const box = fetchBox(
    {
      id: `fetch-${basename(folders.run)}-${randomBytes(4).toString('hex')}`,
      cargoHome: inputs.cargoHome,
      facts: inputs.facts,
      root: session.root,
      network: session.network,
      folders: {
        fetchHome: run.home ?? folders.fetchHome,
        skeleton: run.project ?? session.skeleton,
        unpacked: session.unpacked,
        configFile: join(folders.run, 'config.toml'),
        credentialsFile: join(folders.run, 'credentials.toml'),
        ...sshFiles(folders.run),
      },
      usesSsh,
      offline: inputs.offline,
      limits: inputs.limits ?? noLimits,
      progressColumns: inputs.progress.columns,
      color: inputs.progress.color,
      vendored: run.project === undefined ? session.vendored : [],
      outside: run.project === undefined ? outsidePaths(inputs.facts.project) : [],
    },
    run.arguments,
    run.folder,
  );
  const shown = run.shown === 'shown' ? inputs.progress.stream : null;
  const end = await runCargo(inputs.runBox, box, shown, inputs.signal);
  if (!end.ok) return end;
  return success({ ...end.value, said: end.value.said.replaceAll(inputs.cargoHome, folders.fetchHome) });
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
