import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Facts, ProjectFacts, ToolchainFacts } from '../facts/facts.ts';
import { hasBoxedAlias, readUserCargoConfig } from '../facts/read-cargo-config.ts';
import { readProject } from '../facts/read-project.ts';
import { readToolchain } from '../facts/read-toolchain.ts';
import { sha256 } from '../host/project-key.ts';
import type { Session } from './session.ts';

/** What is known before anything is decided: the configuration and the facts. */
export interface Gathered {
  readonly config: Config;
  readonly facts: Facts;
}

export interface GatherWish {
  /** `--manifest-path` as written. */
  readonly manifestPath: string | null;
  /** `optional`: a command that also works without a project gets an empty one. */
  readonly project: 'needed' | 'optional';
}

export async function gather(session: Session, wish: GatherWish): Promise<Result<Gathered>> {
  const project = findProject(session, wish);
  if (!project.ok) return project;
  const config = await settleConfig(session, project.value);
  if (!config.ok) return config;
  const toolchain = findToolchain(session, project.value);
  if (!toolchain.ok) return toolchain;
  if (hasBoxedAlias(project.value.cargoConfig)) {
    session.reporter.note(
      'An alias `boxed` is configured for cargo: `cargo boxed` would run it. Always write `cargo-boxed`.',
    );
  }
  return success({
    config: config.value,
    facts: { host: session.host, project: project.value, toolchain: toolchain.value },
  });
}

function findProject(session: Session, wish: GatherWish): Result<ProjectFacts> {
  const found = readProject({
    directory: session.directory,
    manifestPath: wish.manifestPath,
    homeDirectory: session.homeDirectory,
    cargoHome: session.host.cargoHome,
  });
  const isMissing = !found.ok && found.problems.every(({ code }) => code === 'no-manifest');
  if (found.ok || !isMissing || wish.project === 'needed') return found;
  return emptyProject(session);
}

/** Nothing is to be fetched for no project. */
const emptyLock = 'version = 4\n';

/** A command without a project still gets a box: its project is an empty folder of ours. */
function emptyProject(session: Session): Result<ProjectFacts> {
  const folder = join(session.locations.state, 'no-project');
  const user = readUserCargoConfig(session.host.cargoHome);
  if (!user.ok) return user;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    return failure({
      code: 'storage',
      what: `the folder ${folder} cannot be made`,
      why: (error as NodeJS.ErrnoException).code ?? 'it failed',
      fix: 'Make it writable, or set CARGO_BOXED_HOME to another folder.',
    });
  }
  return success({
    mountRoot: realpathSync(folder),
    workspace: '',
    current: '',
    manifests: [],
    lockfile: { state: 'present', text: emptyLock, sha256: sha256(emptyLock) },
    fetchInputs: 'no-project',
    cargoConfig: { project: {}, user: user.value, files: [] },
    hasMetadata: false,
  });
}

function settleConfig(session: Session, project: ProjectFacts): Promise<Result<Config>> {
  const root = join(project.mountRoot, project.workspace);
  const manifest = project.manifests.find(({ role }) => role === 'root');
  return loadConfig({
    flags: session.invocation.flags,
    variables: session.host.variables,
    directory: session.directory,
    userFile: session.locations.userConfig,
    projectFile: join(root, 'cargo-boxed.yaml'),
    metadata: manifest === undefined ? null : { ...manifest, file: join(root, 'Cargo.toml') },
  });
}

function findToolchain(session: Session, project: ProjectFacts): Result<ToolchainFacts> {
  return readToolchain({
    override: session.invocation.toolchain,
    variables: session.host.variables,
    rustupHome: session.rustupHome,
    directory: join(project.mountRoot, project.current),
    mountRoot: project.mountRoot,
    architecture: session.host.architecture,
  });
}
