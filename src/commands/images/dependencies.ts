import { closeSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { layFiles } from '../../archive/lay-files.ts';
import type { PackedFile } from '../../archive/pack-files.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { failure, type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import { listTree } from '../../customs/list-tree.ts';
import type { ManifestFacts, ProjectFacts } from '../../facts/facts.ts';
import { viewFolders } from '../../fetch/find-view.ts';
import { makeSkeleton } from '../../fetch/make-skeleton.ts';
import { skeletonFiles } from '../../fetch/skeleton-files.ts';
import { cacheFolders } from '../../host/locations.ts';
import { recall, remember } from '../../host/memory.ts';
import { sha256 } from '../../host/project-key.ts';
import type { CargoCommand } from '../../invocation/invocation.ts';
import { crateFiles, type PackedCrates } from '../../oci/crate-files.ts';
import type { DependencyProfile, OwnNames, PackedDependencies } from '../../oci/dependency-files.ts';
import { exitCodeOf } from '../../report/exit-code.ts';
import { stringAt } from '../../toml/read-table.ts';
import { boxIdentity } from '../pipeline/box-owner.ts';
import { execute } from '../pipeline/execute.ts';
import type { Gathered } from '../pipeline/gather.ts';
import { makePlan, type Planned } from '../pipeline/make-plan.ts';
import { prepareCommand } from '../pipeline/make-request.ts';
import type { ExecuteOptions } from '../pipeline/prepare-box.ts';
import { targetPath } from '../pipeline/target-folder.ts';
import type { Session } from '../session.ts';
import { removeTarget } from '../trials/run-trial.ts';
import type { LockedImage } from './locked-image.ts';

/** Raised when the same project gives other dependencies. */
const format = 1;

/** The same with the compiled dependencies in it: named by all that they are made from and with. Needs its crates. */
export function withDependencies(locked: LockedImage, profile: DependencyProfile): LockedImage {
  const { gathered, meaning } = locked;
  const { project } = gathered.facts;
  const variables = gathered.config.env.set.value;
  const skeleton = skeletonFiles(project, project.cargoConfig.project);
  const { identity, crates } = meaning;
  const sum = sha256(canonicalJson({ format, identity, crates, profile, variables, skeleton }));
  return { ...locked, meaning: { ...meaning, dependencies: { sum, profile, variables } } };
}

/**
 * Compiles what the project depends on, as it is compiled in a container of the image: with the crates as they lie there,
 * an empty stand-in for the project, and nothing of this machine. `null`: without compiled dependencies.
 */
export async function compileDependencies(
  session: Session,
  { gathered, meaning }: LockedImage,
  crates: PackedCrates | null,
): Promise<Result<PackedDependencies | null>> {
  if (meaning.dependencies === undefined || crates === null) return success(null);
  const { sum, profile } = meaning.dependencies;
  const { project } = gathered.facts;
  // Named after this run, so that what a killed one has left goes with the next command.
  const scratch = join(session.locations.cache, cacheFolders.trials, session.runWord);
  try {
    const instead = layStandIns(scratch, project, crates);
    let target: string | null = null;
    for (const [name, ...words] of [['build'], ['test', '--no-run']] as const) {
      const options = [...words, '--lib', '--locked', '--offline', ...(profile === 'release' ? ['--release'] : [])];
      const command = { kind: 'cargo', name, arguments: options, globalArguments: [] } as const;
      const planned = await planAlone(session, gathered, command, profile);
      if (!planned.ok) return planned;
      if (target === null) {
        const emptied = await emptyUnless(session, planned.value, sum);
        if (!emptied.ok) return emptied;
        target = emptied.value;
      }
      if (name === 'build') session.reporter.step('Compiling the dependencies, for the image');
      const compiled = await compile(session, planned.value, instead);
      if (!compiled.ok) return compiled;
    }
    if (target === null || !hasUnits(target)) return failure(strangeTarget);
    return success({ sum, profile, target, own: ownNames(project.manifests) });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function compile(session: Session, planned: Planned, instead: StandIns): Promise<Result<void>> {
  const executed = await execute(session, planned, { scratch: null, instead });
  if (!executed.ok) return executed;
  const { outcome } = executed.value;
  if (exitCodeOf(outcome) === 0) return success(undefined);
  session.reporter.outcome(outcome);
  return failure(notCompiled);
}

type StandIns = NonNullable<ExecuteOptions['instead']>;

/** The stand-in for the project, and the crates at the places that they have in the image: a path is part of a result. */
function layStandIns(folder: string, project: ProjectFacts, crates: PackedCrates): StandIns {
  // Folders beside the project lie beside it here too.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const instead = { project: join(folder, 'skeleton/project'), view: join(folder, 'view') };
  makeSkeleton(project, project.cargoConfig.project, instead.project);
  layFiles(crateFiles(crates).map(asInView), instead.view);
  mkdirSync(join(instead.view, viewFolders.cargoHome, 'git'), { recursive: true });
  return instead;
}

function asInView(file: PackedFile): PackedFile {
  const path = file.path
    .replace(/^box\/\.cargo(?=\/|$)/, viewFolders.cargoHome)
    .replace(/^box\/crates(?=\/|$)/, viewFolders.crates);
  return { ...file, path };
}

/** Plans it as the image says, and not as this machine or what the configuration opens would have it. */
async function planAlone(
  session: Session,
  { config, facts }: Gathered,
  command: CargoCommand,
  profile: DependencyProfile,
): Promise<Result<Planned>> {
  const project = { ...facts.project, current: facts.project.workspace };
  const alone = {
    config: closed(config),
    facts: { ...facts, project, secrets: { hidden: [], cleaned: [], outside: [] } },
  };
  const trial = { name: `dependencies-${profile}`, varies: [] };
  const prepared = await prepareCommand(session, alone, command, 'needed', trial);
  if (!prepared.ok) return prepared;
  const { gathered, ready } = prepared.value;
  return makePlan(session, gathered, { ...ready.request, variables: [], userConfiguration: '' });
}

function closed(config: Config): Config {
  const none = { value: [], origin: { kind: 'default' } } as const;
  return {
    ...config,
    env: { ...config.env, pass: none },
    network: none,
    mounts: none,
    ports: none,
    devices: none,
    show: none,
    projectPath: { ...config.projectPath, value: 'fixed' },
    projectFiles: { ...config.projectFiles, value: 'read-only' },
  };
}

/** Of what was compiled before, only that of the same dependencies is left: nothing else gets into the image. */
async function emptyUnless(session: Session, planned: Planned, sum: string): Promise<Result<string>> {
  const target = targetPath(
    session.locations,
    planned.facts.project,
    planned.plan.identity,
    boxIdentity(session, planned),
  );
  const memory = join(session.locations.state, 'image-dependencies.json');
  if (recall<true>(memory, target, sum) === null) {
    const cleared = await removeTarget(session, target);
    if (!cleared.ok) return cleared;
  }
  remember(memory, target, sum, true);
  return success(target);
}

function ownNames(manifests: readonly ManifestFacts[]): OwnNames {
  const packages = manifests.flatMap(({ packageName }) => packageName ?? []);
  const crates = manifests.flatMap(({ packageName, content }) => {
    const name = stringAt(content, 'lib', 'name') ?? packageName;
    return name === null ? [] : [name.replaceAll('-', '_')];
  });
  return { packages: new Set(packages), crates: new Set(crates) };
}

function hasUnits(target: string): boolean {
  for (const entry of listTree(target)) {
    if (entry.kind === 'file') closeSync(entry.descriptor);
    if (entry.kind === 'folder' && entry.path.endsWith('/.fingerprint')) return true;
  }
  return false;
}

const notCompiled = {
  code: 'environment',
  what: 'the dependencies could not be compiled, so there is no image',
  why: 'in the place of the project stand empty libraries, and nothing that its configuration opens or passes is there',
  fix: 'Leave `--with-deps` out: `--with-crates` has the crates in it, to be compiled where it runs.',
} as const;

const strangeTarget = {
  code: 'environment',
  what: 'what cargo has compiled does not lie where it is looked for, so there is no image',
  why: 'this cargo lays its target out in another way',
  fix: 'Leave `--with-deps` out: `--with-crates` has the crates in it.',
} as const;
