import { failure, type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import { expressionSha256 } from '../../environment/nix/expression.ts';
import { type Additions, hasAdditions, joinAdditions } from '../../layers/additions.ts';
import { debianArchitecture } from '../../lock/debian-architecture.ts';
import { learnedAdditions } from '../../lock/learned-additions.ts';
import { lockDrift } from '../../lock/lock-drift.ts';
import { type PinWish, selectPins } from '../../lock/lock-file.ts';
import type { Learned, Pins } from '../../lock/pins.ts';
import { readLockFile, readPins } from '../../lock/read-pins.ts';
import type { Problem } from '../../problem/problem.ts';
import { addedIn, boxRoot, defaultPinsFile, ownAddedPins, ownDebianPins } from '../environments/debian.ts';
import { ownImagePins } from '../environments/image.ts';
import { defaultNixPinsFile, nixAdditions, ownNixPins } from '../environments/nix.ts';
import type { Session } from '../session.ts';
import type { Gathered } from './gather.ts';
import { keptLearned, type PinsOf, projectLockFile, projectPinsFile } from './project-pins.ts';

export interface SettledPins {
  readonly pins: Pins;
  /** The lock they came from, absolute. */
  readonly file: string;
  readonly kind: 'project' | 'own';
}

/** What of the project's lock is for this machine and configuration; `null`: it has none. */
export function readProjectLock(gathered: Gathered): Result<Pins | null> {
  const read = readLockFile(projectLockFile(gathered.facts.project));
  if (!read.ok || read.value === null) return read as Result<null>;
  return success(selectPins(read.value, pinWish(gathered)));
}

export function pinWish({ config, facts }: Gathered): PinWish {
  return {
    suite: config.suite.value,
    architecture: debianArchitecture(facts.host.architecture),
    system: `${facts.host.architecture}-linux`,
    image: config.image.value,
    host: facts.toolchain?.host ?? null,
  };
}

/** Where the pins of a project without a lock of its own are kept: nothing is littered into a foreign checkout. */
function ownLockFile(session: Session, { facts, config }: Gathered, additions: Additions): string {
  const plain = config.environment.value === 'debian' && !hasAdditions(additions);
  if (plain) return defaultPinsFile(session, config.suite.value);
  return projectPinsFile(session, facts.project);
}

/** What the root of a project without a lock has beyond the base: what the configuration names, and what was learned. */
export function wantedAdditions({ layers, packages, infer }: Config, learned: readonly Learned[]): Additions {
  const named = { layers: layers.value, packages: packages.value };
  return joinAdditions(named, learnedAdditions(keptLearned(infer.value, learned)));
}

/** An environment of Nix follows from its pins and from our own expression: another release may have another one. */
function releaseDrift({ environment }: Config, { nix }: Pins, file: string): readonly Problem[] {
  if (environment.value !== 'nix' || nix === undefined || nix.expressionSha256 === expressionSha256()) return [];
  const what = 'cargo-boxed.lock pins a Nix environment that another release of cargo-boxed makes';
  return [{ code: 'lock-outdated', what, where: { file }, fix: 'Run `cargo-boxed lock`.' }];
}

/**
 * The pins that hold: the project's lock if it has one (a drift is an error), else the user's own, made once. With
 * `pinned` only the project's lock will do.
 */
export async function settlePins(session: Session, gathered: Gathered, from: PinsOf): Promise<Result<SettledPins>> {
  const { config, facts } = gathered;
  const file = projectLockFile(gathered.facts.project);
  const written = from === 'project' ? readProjectLock(gathered) : success(null);
  if (!written.ok) return written;
  if (written.value !== null) {
    const drift = [...lockDrift(config, written.value, facts, file), ...releaseDrift(config, written.value, file)];
    if (drift.length > 0) return failure(...drift);
    return success({ pins: written.value, file, kind: 'project' });
  }
  if (config.pinned.value && from === 'project') {
    return failure({
      code: 'lock-missing',
      what: 'this project has no cargo-boxed.lock, and `--pinned` needs one',
      where: { file },
      fix: 'Run `cargo-boxed lock` and commit the file.',
    });
  }
  return ownPins(session, gathered);
}

/** The user's own, for a project without a lock. */
async function ownPins(session: Session, gathered: Gathered): Promise<Result<SettledPins>> {
  const { config, facts } = gathered;
  const mountRoot = facts.project.mountRoot;
  const read = readPins(projectPinsFile(session, facts.project));
  const { extraCrates, learned } = (read.ok ? read.value : null) ?? {};
  const additions = wantedAdditions(config, learned ?? []);
  const own = ownLockFile(session, gathered, additions);
  const extra = {
    ...(extraCrates === undefined ? {} : { extraCrates }),
    ...(learned === undefined ? {} : { learned }),
  };
  if (config.environment.value === 'image') {
    const image = await ownImagePins(session, config, mountRoot, own, additions);
    return image.ok ? success({ pins: { version: 1, image: image.value, ...extra }, file: own, kind: 'own' }) : image;
  }
  if (config.environment.value === 'nix') {
    const wanted = nixAdditions(gathered, additions.layers);
    const kept =
      hasAdditions(wanted) || wanted.own !== null
        ? projectPinsFile(session, facts.project)
        : defaultNixPinsFile(session, wanted.toolchain);
    const nix = await ownNixPins(session, config, mountRoot, kept, wanted);
    return nix.ok ? success({ pins: { version: 1, nix: nix.value, ...extra }, file: kept, kind: 'own' }) : nix;
  }
  // Most builds find here what they want: the file is not read and checked a second time.
  const held = read.ok && hasAdditions(additions) ? addedIn(read.value, config, additions) : null;
  if (held !== null) return success({ pins: { version: 1, debian: held, ...extra }, file: own, kind: 'own' });
  const debian = hasAdditions(additions)
    ? await ownAddedPins(session, config, mountRoot, own, additions)
    : await ownDebianPins(session, config, mountRoot, own, boxRoot(config));
  return debian.ok ? success({ pins: { version: 1, debian: debian.value, ...extra }, file: own, kind: 'own' }) : debian;
}
