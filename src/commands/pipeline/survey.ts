import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import { debianSuite } from '../../config/debian-suites.ts';
import { type LoadedConfig, loadConfig } from '../../config/load-config.ts';
import { hasRustup } from '../../facts/choose-toolchain.ts';
import type { OutsideFolder, OwnNix, ProjectFacts } from '../../facts/facts.ts';
import { readUserCargoConfig } from '../../facts/read-cargo-config.ts';
import { readProject } from '../../facts/read-project.ts';
import { type Ask, pathDependencyKey } from '../../grants/ask.ts';
import { sha256 } from '../../host/project-key.ts';
import type { ConfigArgument } from '../../invocation/config-arguments.ts';
import { describeLearned } from '../../lock/learned-additions.ts';
import type { Learned } from '../../lock/pins.ts';
import { type JudgedAsk, judgeAsks } from '../../policy/judge-asks.ts';
import { notKept } from '../../problem/full-disk.ts';
import { printable } from '../../problem/problem.ts';
import type { Session } from '../session.ts';
import { type PinsOf, pinnedSuite } from './project-pins.ts';
import { readGrants } from './read-grants.ts';

export interface GatherWish {
  /** `--manifest-path` as written. */
  readonly manifestPath: string | null;
  /** `optional`: a command that also works without a project gets an empty one. */
  readonly project: 'needed' | 'optional';
  /** Folders that the command line names, absolute: their manifests are read as those of path dependencies. */
  readonly named?: readonly string[];
  /** Whose pins say what was learned of it; the project's lock, where it has one, unless that is about to be written anew. */
  readonly pins?: PinsOf;
  /** A suite that is tried, in the place of what was learned; what somebody has named goes before both. */
  readonly suite?: Learned | null;
  /** Cargo configuration of the command line, in its order. */
  readonly written?: readonly ConfigArgument[];
}

/** A project with its configuration and the answer to each of its asks: not yet fit to be built with. */
export interface Surveyed {
  readonly project: ProjectFacts;
  readonly config: Config;
  readonly judged: readonly JudgedAsk[];
  /** The project's own Nix environment, as its files are now. */
  readonly ownNix: OwnNix | null;
}

/** Reads what a project is and wants. A project that asks for nothing, as nearly all do, costs no look at the grants. */
export async function survey(session: Session, wish: GatherWish): Promise<Result<Surveyed>> {
  const project = await findWithOutside(session, wish);
  if (!project.ok) return project;
  const loaded = await settleConfig(session, project.value, wish);
  if (!loaded.ok) return loaded;
  const { config, asks } = loaded.value;
  const ownNix = await findOwnNix(project.value, config);
  if (!ownNix.ok) return ownNix;
  const own = ownNix.value === null ? [] : [ownNixAsk(project.value, ownNix.value)];
  const judged = await judge(session, project.value, [...asks, ...own, ...project.value.outside.map(outsideAsk)]);
  if (!judged.ok) return judged;
  return success({ project: project.value, config, judged: judged.value, ownNix: ownNix.value });
}

async function findOwnNix(
  { mountRoot, workspace, manifests }: ProjectFacts,
  { environment, nix }: Config,
): Promise<Result<OwnNix | null>> {
  const path = nix.file.value ?? nix.flake.value;
  if (environment.value !== 'nix' || path === null || manifests.length === 0) return success(null);
  const { readOwnNix } = await import('../../facts/own-nix.ts');
  const kind = nix.file.value === null ? 'flake' : 'file';
  return readOwnNix({ mountRoot, workspace, kind, path, shell: nix.shell.value });
}

/** Whoever names the file: what is in it is the project's, and it is code that runs on this machine. */
function ownNixAsk({ mountRoot }: ProjectFacts, { kind, path, files, fetches, sha256: sum }: OwnNix): Ask {
  const others = files.filter((file) => file.path !== path).map((file) => `\`${printable(file.path, 80)}\``);
  const beside = others.length === 0 ? '' : ` with ${others.join(', ')}`;
  const addresses = [...new Set(fetches.map(({ url }) => printable(url, 120)))];
  const fetched = addresses.length === 0 ? '' : `; ${addresses.join(', ')} would be fetched for it`;
  const title = `that \`${printable(path)}\`${beside}, as it is now, is evaluated and built on this machine${fetched}`;
  return { key: `nix.${kind}`, value: `${path} sha256:${sum}`, title, where: { file: join(mountRoot, path) } };
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

export const configFileName = 'cargo-boxed.yaml';

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
    named: wish.named ?? [],
    written: wish.written ?? [],
  });
  const isMissing = !found.ok && found.problems.every(({ code }) => code === 'no-manifest');
  if (found.ok || !isMissing || wish.project === 'needed') return found;
  return emptyProject(session);
}

/** Nothing is to be fetched for no project. */
const emptyLock =
  '# This file is automatically @generated by Cargo.\n# It is not intended for manual editing.\nversion = 4\n';

/** A command without a project still gets a box: its project is an empty folder of ours. */
function emptyProject(session: Session): Result<ProjectFacts> {
  const folder = join(session.locations.state, 'no-project');
  const user = readUserCargoConfig(session.host.cargoHome);
  if (!user.ok) return user;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    return failure(
      notKept(
        `the folder ${folder} cannot be made`,
        error,
        'Make it writable, or set CARGO_BOXED_HOME to another folder.',
      ),
    );
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

/** Settles the configuration, and has things said as it wants from here on. */
async function settleConfig(
  session: Session,
  project: ProjectFacts,
  { pins = 'project', suite = null }: Pick<GatherWish, 'pins' | 'suite'>,
): Promise<Result<LoadedConfig>> {
  const root = join(project.mountRoot, project.workspace);
  const manifest = project.manifests.find(({ role }) => role === 'root');
  const loaded = await loadConfig({
    flags: session.invocation.flags,
    variables: session.host.variables,
    directory: session.directory,
    userFile: session.locations.userConfig,
    projectFile: join(root, configFileName),
    metadata: manifest === undefined ? null : { ...manifest, file: join(root, 'Cargo.toml') },
  });
  if (!loaded.ok) return loaded;
  const { output, verbosity, color } = loaded.value.config;
  session.reporter.adopt({ output: output.value, verbosity: verbosity.value, color: color.value });
  const config = withToolchain(session, loaded.value.config);
  if (!hasOpenSuite(config)) return success({ ...loaded.value, config });
  const learned = suite ?? pinnedSuite(session, project, config.infer.value, pins);
  return success({ ...loaded.value, config: withSuite(config, learned) });
}

/** Who has named a suite has it. */
export function hasOpenSuite({ environment, suite }: Config): boolean {
  return environment.value === 'debian' && suite.origin.kind === 'default';
}

/** A suite that nobody names is the one in which the project turned out to be built. */
function withSuite(config: Config, learned: Learned | null): Config {
  const name = debianSuite(learned?.name);
  if (learned === null || name === null) return config;
  return { ...config, suite: { value: name, origin: { kind: 'learned', why: describeLearned(learned) } } };
}

/**
 * The default is the host's toolchain. Where rustup was never used nothing can be meant by that, and a Nix environment can
 * make one; where it was, a toolchain that is missing is said and not replaced.
 */
function withToolchain({ rustupHome }: Session, config: Config): Config {
  const isOpen = config.environment.value === 'nix' && config.toolchain.origin.kind === 'default';
  if (!isOpen || hasRustup(rustupHome)) return config;
  return { ...config, toolchain: { ...config.toolchain, value: 'nix' } };
}
