import { type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import type { PreparedRoot, RootFolder } from '../../engine/engine.ts';
import { findDebianRoot } from '../../environment/debian/prepare-root.ts';
import type { Facts, OwnNix } from '../../facts/facts.ts';
import { fetchRoot } from '../../layers/catalogue.ts';
import type { DebianPins, NixPins, Pins } from '../../lock/pins.ts';
import { boxRoot, debianRoot, defaultPinsFile, fetchPinsFile, ownDebianPins } from '../environments/debian.ts';
import { imageRoot } from '../environments/image.ts';
import { noteImage } from '../environments/kept-images.ts';
import { defaultNixPinsFile, nixRoot, noNixAdditions, ownNixPins } from '../environments/nix.ts';
import type { Session } from '../session.ts';
import type { ChosenEngine } from './choose-engine.ts';
import type { Planned } from './make-plan.ts';

/**
 * Inside of an image of the lock, its own system is the environment: what Debian's packages have put there, and nothing
 * that the container has beside them.
 */
export const rootOfImage: PreparedRoot = { kind: 'directory', path: '/', only: ['etc', 'usr'] };

/** The environment of the plan, ready for the engine: a folder for bwrap, an image for docker. */
export async function prepareRoot(
  session: Session,
  { config, facts, chosen }: Pick<Planned, 'config' | 'facts' | 'chosen'>,
  pins: Pins,
): Promise<Result<PreparedRoot>> {
  const { mountRoot } = facts.project;
  if (facts.inImage === true && chosen.docker === null) return success(rootOfImage);
  if (config.environment.value === 'image' && pins.image !== undefined && chosen.docker !== null) {
    return imageRoot(session, config, mountRoot, chosen.docker, pins.image);
  }
  if (config.environment.value === 'nix' && pins.nix !== undefined) {
    return nixRootFor(session, config, mountRoot, chosen, pins.nix, facts.ownNix);
  }
  if (pins.debian === undefined) throw new Error('a plan without pins for its environment');
  return debianRootFor(session, config, mountRoot, chosen, pins.debian);
}

/**
 * The root of the fetch phase: always one of our own, never what a project chose. The base, where the host's toolchain
 * fetches, or one with that of Nix; without either a root that has Debian's cargo.
 */
export async function prepareFetchRoot(
  session: Session,
  config: Config,
  { project: { mountRoot }, toolchain, nixToolchain }: Pick<Facts, 'project' | 'toolchain' | 'nixToolchain'>,
  chosen: ChosenEngine,
): Promise<Result<PreparedRoot>> {
  if (config.environment.value === 'nix') {
    // The user's own: what a project pins gets no network. Of its toolchain only the name counts.
    const additions = { ...noNixAdditions, toolchain: nixToolchain };
    const own = await ownNixPins(session, config, mountRoot, defaultNixPinsFile(session, nixToolchain), additions);
    return own.ok ? nixRootFor(session, config, mountRoot, chosen, own.value, null) : own;
  }
  const ownCargo = toolchain === null;
  const file = ownCargo ? fetchPinsFile(session) : defaultPinsFile(session, config.suite.value);
  const pins = await ownDebianPins(session, config, mountRoot, file, ownCargo ? fetchRoot : boxRoot(config));
  return pins.ok ? debianRootFor(session, config, mountRoot, chosen, pins.value) : pins;
}

async function nixRootFor(
  session: Session,
  config: Config,
  mountRoot: string,
  chosen: ChosenEngine,
  pins: NixPins,
  own: OwnNix | null,
): Promise<Result<PreparedRoot>> {
  const folder = await nixRoot(session, config, mountRoot, pins, own);
  if (!folder.ok) return folder;
  const { LD_LIBRARY_PATH } = pins.variables;
  const PATH = pathOf(pins);
  const needed = Object.entries({ PATH, LD_LIBRARY_PATH }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const variables = Object.fromEntries(needed);
  // The name of an environment stands for its bytes as the sum of a Debian root does.
  const root = await forEngine(session, chosen, { path: folder.value, sha256: pins.environment }, null);
  return root.ok ? success({ ...root.value, variables }) : root;
}

/** A toolchain of the environment goes before what else is called like its programs. */
function pathOf({ toolchain, variables: { PATH } }: NixPins): string | undefined {
  return toolchain === undefined || PATH === undefined ? PATH : `/nix/store/${toolchain.output}/bin:${PATH}`;
}

async function debianRootFor(
  session: Session,
  config: Config,
  mountRoot: string,
  chosen: ChosenEngine,
  pins: DebianPins,
): Promise<Result<PreparedRoot>> {
  const folder = await debianRoot(session, config, mountRoot, pins);
  if (!folder.ok) return folder;
  const { rootSha256, added } = pins;
  const isImage = chosen.docker !== null && added !== undefined;
  const base = isImage ? findDebianRoot({ locations: session.locations }, added.baseSha256) : null;
  return forEngine(session, chosen, { path: folder.value, sha256: rootSha256 }, base);
}

/** A folder is what bubblewrap takes; docker gets an image of it, which is noted as ours. */
async function forEngine(
  session: Session,
  { docker }: ChosenEngine,
  root: RootFolder,
  base: RootFolder | null,
): Promise<Result<PreparedRoot>> {
  if (docker === null) return success({ kind: 'directory', path: root.path });
  const image = await docker.importRoot(root, base);
  if (!image.ok) return image;
  noteImage(session.locations, image.value);
  return success({ kind: 'image', id: image.value });
}
