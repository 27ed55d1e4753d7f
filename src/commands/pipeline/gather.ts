import { join } from 'node:path';
import { readMark } from '../../already-boxed/read-mark.ts';
import { failure, type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import type { ChoiceRequest } from '../../facts/choose-toolchain.ts';
import type { Facts, ProjectFacts, ToolchainFacts } from '../../facts/facts.ts';
import { configOption, hasBoxedAlias } from '../../facts/read-cargo-config.ts';
import { readNixToolchain } from '../../facts/read-nix-toolchain.ts';
import { readToolchain } from '../../facts/read-toolchain.ts';
import { refusal } from '../../policy/judge-asks.ts';
import type { Problem } from '../../problem/problem.ts';
import type { Session } from '../session.ts';
import { findProjectSecrets } from './find-project-secrets.ts';
import { type GatherWish, type Surveyed, survey } from './survey.ts';

/** What is known before anything is decided: the configuration, all of whose asks were granted, and the facts. */
export interface Gathered {
  readonly config: Config;
  readonly facts: Facts;
}

export async function gather(session: Session, wish: GatherWish): Promise<Result<Gathered>> {
  const surveyed = await survey(session, wish);
  return surveyed.ok ? gatherSurveyed(session, surveyed.value) : surveyed;
}

/** The same of what was surveyed; inside of an image of the lock with the toolchain that is in it. */
export async function gatherSurveyed(session: Session, surveyed: Surveyed): Promise<Result<Gathered>> {
  if (readMark().kind === 'none' || surveyed.config.engine.value === 'none') return gatherOf(session, surveyed, null);
  return gatherOf(
    session,
    surveyed,
    await (await import('../environments/recognise-image.ts')).toolchainOfImage(session, surveyed),
  );
}

function gatherOf(
  session: Session,
  { project, config, judged, ownNix }: Surveyed,
  ofImage: ToolchainFacts | null,
): Result<Gathered> {
  const refused = refusal(judged);
  if (refused !== null) return failure(refused);
  if (config.engine.value === 'none') return failure(needsABox);
  const toolchain =
    ofImage === null ? findToolchain(session, project, config) : success({ toolchain: ofImage, nixToolchain: null });
  if (!toolchain.ok) return toolchain;
  if (hasBoxedAlias(project.cargoConfig)) {
    session.reporter.note(
      'An alias `boxed` is configured for cargo: `cargo boxed` would run it. Always write `cargo-boxed`.',
    );
  }
  const secrets = findProjectSecrets(session, project, config);
  if (!secrets.ok) return secrets;
  return success({
    config,
    facts: {
      host: session.host,
      project,
      secrets: secrets.value,
      ...toolchain.value,
      ownNix,
      ...(ofImage === null ? {} : { inImage: true }),
    },
  });
}

const needsABox: Problem = {
  code: 'refused',
  what: 'with `--engine none` there is no box, and this command needs one',
  why: 'only commands of cargo are run without one, inside of an image of the lock',
  fix: 'Leave `--engine none` out, or run a command of cargo.',
};

/**
 * The same with what a command line adds to the project: crates that it names, as one that is about to be added is no
 * dependency yet, and cargo configuration.
 */
export async function withNamed(session: Session, gathered: Gathered, wish: GatherWish): Promise<Result<Gathered>> {
  const surveyed = await survey(session, wish);
  if (!surveyed.ok) return surveyed;
  const { project, judged } = surveyed.value;
  const refused = refusal(judged);
  if (refused !== null) return failure(isOfLine(refused) ? { ...refused, fix: notGrantable } : refused);
  // A folder that was granted, and that nothing else names, has secrets of its own.
  const secrets = findProjectSecrets(session, project, gathered.config);
  if (!secrets.ok) return secrets;
  return success({ ...gathered, facts: { ...gathered.facts, project, secrets: secrets.value } });
}

/** What is granted is what files ask: a command line is another one the next time. */
const notGrantable =
  'Write it into `.cargo/config.toml` of the project, grant it (`cargo-boxed grant path-dependency`), and leave `--config` out.';

function isOfLine({ where }: Problem): boolean {
  return where?.file === configOption;
}

/**
 * The host's toolchain. With that of an image it only fetches: then another one of the host's will do where the project
 * names what is not installed, and none at all, for which there is a root with Debian's cargo. With that of Nix nothing of
 * the host is looked at.
 */
function findToolchain(
  session: Session,
  project: ProjectFacts,
  config: Config,
): Result<Pick<Facts, 'toolchain' | 'nixToolchain'>> {
  const choice: Omit<ChoiceRequest, 'rustupHome'> = {
    override: session.invocation.toolchain,
    variables: session.host.variables,
    directory: join(project.mountRoot, project.current),
    mountRoot: project.mountRoot,
    architecture: session.host.architecture,
  };
  if (config.toolchain.value === 'nix') {
    const nixToolchain = readNixToolchain(choice);
    return nixToolchain.ok ? success({ toolchain: null, nixToolchain: nixToolchain.value }) : nixToolchain;
  }
  const { rustupHome, locations } = session;
  const request = { ...choice, rustupHome, memory: join(locations.state, 'toolchains.json') };
  const ofHost = (toolchain: ToolchainFacts | null) => success({ toolchain, nixToolchain: null });
  const found = readToolchain(request);
  if (found.ok) return ofHost(found.value);
  if (config.toolchain.value === 'host') {
    const other = otherToolchains[config.environment.value];
    return other === null ? found : failure(...found.problems.map((problem) => withRemedy(problem, other)));
  }
  if (request.override !== null) return found;
  const standard = readToolchain({ ...request, variables: {}, directory: '/' });
  return ofHost(standard.ok ? standard.value : null);
}

/** What an environment can have in the place of a toolchain that is not on the host. */
const otherToolchains: Readonly<Record<Config['environment']['value'], string | null>> = {
  debian: null,
  image: 'Or set `toolchain: image`, if the image brings Rust.',
  nix: 'Or set `toolchain: nix`: then rust-overlay brings it.',
};

function withRemedy(problem: Problem, other: string): Problem {
  return { ...problem, fix: problem.fix === undefined ? other : `${problem.fix} ${other}` };
}
