import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import type { Config } from '../config/config.ts';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import type { OutsideFolder, ProjectFacts } from '../facts/facts.ts';
import { readUserCargoConfig } from '../facts/read-cargo-config.ts';
import { readProject } from '../facts/read-project.ts';
import { type Ask, pathDependencyKey } from '../grants/ask.ts';
import { sha256 } from '../host/project-key.ts';
import { type JudgedAsk, judgeAsks } from '../policy/judge-asks.ts';
import { printable } from '../problem/problem.ts';
import { readGrants } from './read-grants.ts';
import type { Session } from './session.ts';

export interface GatherWish {
  /** `--manifest-path` as written. */
  readonly manifestPath: string | null;
  /** `optional`: a command that also works without a project gets an empty one. */
  readonly project: 'needed' | 'optional';
}

/** A project with its configuration and the answer to each of its asks: not yet fit to be built with. */
export interface Surveyed {
  readonly project: ProjectFacts;
  readonly config: Config;
  readonly judged: readonly JudgedAsk[];
}

/** Reads what a project is and wants. A project that asks for nothing, as nearly all do, costs no look at the grants. */
export async function survey(session: Session, wish: GatherWish): Promise<Result<Surveyed>> {
  const project = await findWithOutside(session, wish);
  if (!project.ok) return project;
  const loaded = await settleConfig(session, project.value);
  if (!loaded.ok) return loaded;
  const { config, asks } = loaded.value;
  const judged = await judge(session, project.value, [...asks, ...project.value.outside.map(outsideAsk)]);
  return judged.ok ? success({ project: project.value, config, judged: judged.value }) : judged;
}

/** A project that names folders outside of it is read a second time, with what was granted of them. */
async function findWithOutside(session: Session, wish: GatherWish): Promise<Result<ProjectFacts>> {
  const project = findProject(session, wish);
  if (!project.ok || project.value.outside.length === 0) return project;
  const grants = await readGrants(session.locations, projectRoot(project.value));
  if (!grants.ok) return grants;
  const paths = grants.value.filter(({ key }) => key === pathDependencyKey).map(({ value }) => value);
  return paths.length === 0 ? project : findProject(session, wish, new Set(paths));
}

function outsideAsk({ path, folder, where }: OutsideFolder): Ask {
  const title = `the folder \`${printable(folder)}\` outside of the project, read-only`;
  return { key: pathDependencyKey, value: path, title, where };
}

async function judge(
  session: Session,
  project: ProjectFacts,
  asks: readonly Ask[],
): Promise<Result<readonly JudgedAsk[]>> {
  if (asks.length === 0) return success([]);
  const grants = await readGrants(session.locations, projectRoot(project));
  return grants.ok ? success(judgeAsks(asks, grants.value)) : grants;
}

/** What grants are bound to: the real path of the workspace's root. */
export function projectRoot({ mountRoot, workspace }: ProjectFacts): string {
  return join(mountRoot, workspace);
}

export function findProject(
  session: Session,
  wish: GatherWish,
  grantedOutside: ReadonlySet<string> = new Set(),
): Result<ProjectFacts> {
  const found = readProject({
    directory: session.directory,
    manifestPath: wish.manifestPath,
    homeDirectory: session.homeDirectory,
    cargoHome: session.host.cargoHome,
    grantedOutside,
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
    outside: [],
    fetchInputs: 'no-project',
    cargoConfig: { project: {}, user: user.value, files: [] },
    hasMetadata: false,
  });
}

function settleConfig(session: Session, project: ProjectFacts): Promise<Result<LoadedConfig>> {
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
