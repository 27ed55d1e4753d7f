import { nearest } from '../../base/nearest.ts';
import { failure, type Result, success } from '../../base/result.ts';
import type { DebianSuite } from '../../config/config.ts';
import type { Additions } from '../../layers/additions.ts';
import { layerPackages } from '../../layers/catalogue.ts';
import { allPackages } from '../../lock/pin-changes.ts';
import type { DebianPins, ImagePins, NixPins, Pins } from '../../lock/pins.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import { exclusively } from '../pipeline/exclusively.ts';
import type { Gathered } from '../pipeline/gather.ts';
import { toolchainPins } from '../pipeline/pin-toolchain.ts';
import { projectLockFile, projectPinsFile } from '../pipeline/project-pins.ts';
import type { Session } from '../session.ts';
import { boxRoot, debianHost, debianRoot, defaultPinsFile, freshAddedPins, refreshDebianPins } from './debian.ts';
import { addedPins, freshImagePins } from './image.ts';
import { fittingSources, freshNixPins, type NixSources } from './nix.ts';

/**
 * The pins of a lock with one thing of them as it is newest today: the toolchain, the base or image with what stands on
 * it, a layer, or a Debian package. All else stays as it is pinned, and nothing is built to learn.
 */
export async function updateOne(
  session: Session,
  gathered: Gathered,
  before: Pins | null,
  name: string,
): Promise<Result<Pins>> {
  const held = before?.debian ?? before?.image ?? before?.nix;
  if (before === null || held === undefined) return failure(nothingToUpdate(projectLockFile(gathered.facts.project)));
  // That of Nix comes from rust-overlay.
  if (name === 'toolchain' && gathered.facts.nixToolchain === null) {
    const toolchain = await toolchainPins(session, gathered);
    if (!toolchain.ok) return toolchain;
    return success(toolchain.value === null ? before : { ...before, toolchain: toolchain.value });
  }
  if (before.debian !== undefined) {
    const debian = await updateDebian(session, gathered, before.debian, name);
    return debian.ok ? success({ ...before, debian: debian.value }) : debian;
  }
  if (before.nix !== undefined) {
    const nix = await updateNix(session, gathered, before.nix, name);
    return nix.ok ? success({ ...before, nix: nix.value }) : nix;
  }
  const image = await updateImage(session, gathered, held as ImagePins, name);
  return image.ok ? success({ ...before, image: image.value }) : image;
}

function nothingToUpdate(file: string): Problem {
  return {
    ...{ code: 'lock-missing', where: { file }, fix: 'Run `cargo-boxed lock`.' },
    what: 'this project has no cargo-boxed.lock for what is configured here',
    why: '`lock --update NAME` changes one thing of a lock',
  };
}

async function updateDebian(
  session: Session,
  { config, facts }: Gathered,
  held: DebianPins,
  name: string,
): Promise<Result<DebianPins>> {
  const { mountRoot } = facts.project;
  if (name === 'base') {
    const file = defaultPinsFile(session, held.suite);
    const base = await refreshDebianPins(session, config, mountRoot, file, boxRoot(config));
    if (!base.ok || held.added === undefined) return base;
    const additions = { layers: held.layers, packages: held.added.names };
    const own = projectPinsFile(session, facts.project);
    const added = await freshAddedPins(session, config, mountRoot, own, base.value, additions);
    return added.ok ? made(session, config, mountRoot, added.value) : added;
  }
  const known = [...allPackages(held).values()].map((one) => one.name);
  const names = namesOf(name, { layers: held.layers, packages: known, suite: held.suite, whole: 'base' });
  if (!names.ok) return names;
  return exclusively(session, 'debian', 'updating the pins of an environment', async () => {
    session.reporter.step(`Looking for what is newest of ${printable(name, 60)}`);
    const { updateDebianPins } = await import('../../environment/debian/update-pins.ts');
    const { rootMaker } = await import('./root-maker.ts');
    const maker = await rootMaker(session, config, debianHost(session, config, mountRoot));
    return maker.ok ? updateDebianPins(maker.value, held, names.value, new Date()) : maker;
  });
}

async function made(
  session: Session,
  config: Gathered['config'],
  mountRoot: string,
  pins: DebianPins,
): Promise<Result<DebianPins>> {
  const root = await debianRoot(session, config, mountRoot, pins);
  return root.ok ? success(pins) : root;
}

/** All of a Nix environment comes from its nixpkgs, and a toolchain from rust-overlay. */
async function updateNix(
  session: Session,
  { config, facts }: Gathered,
  held: NixPins,
  name: string,
): Promise<Result<NixPins>> {
  const sources = fittingSources(config, held);
  const updated: Readonly<Record<string, NixSources>> = {
    nixpkgs: { ...sources, nixpkgs: null },
    ...(facts.nixToolchain === null ? {} : { 'rust-overlay': { ...sources, rustOverlay: null } }),
  };
  const wanted = Object.hasOwn(updated, name) ? updated[name] : undefined;
  if (wanted === undefined) {
    const known = Object.keys(updated);
    return failure(notHeld(name, known, known.map((one) => `\`${one}\``).join(' or ')));
  }
  const { layers, packages } = held;
  const additions = { layers, packages, own: facts.ownNix, toolchain: facts.nixToolchain };
  return freshNixPins(session, config, facts.project.mountRoot, additions, wanted);
}

/** What is added to an image is resolved as a whole: it is little, and the image stays. */
async function updateImage(
  session: Session,
  { config, facts }: Gathered,
  held: ImagePins,
  name: string,
): Promise<Result<ImagePins>> {
  const additions: Additions = { layers: held.added?.layers ?? [], packages: held.added?.names ?? [] };
  const isWhole = name === 'image';
  if (!isWhole) {
    const known = (held.added?.packages ?? []).map((one) => one.name);
    const suite = held.added?.suite ?? config.suite.value;
    const names = namesOf(name, { layers: additions.layers, packages: known, suite, whole: 'image' });
    if (!names.ok) return names;
  }
  const image = isWhole ? await freshImagePins(session, config) : success(held);
  return image.ok ? addedPins(session, config, facts.project.mountRoot, image.value, additions) : image;
}

interface Held {
  readonly layers: readonly string[];
  readonly packages: readonly string[];
  readonly suite: string;
  readonly whole: 'base' | 'image';
}

/** The Debian packages that a name of the lock stands for. */
function namesOf(name: string, { layers, packages, suite, whole }: Held): Result<readonly string[]> {
  if (layers.includes(name)) return layerPackages([name], suite as DebianSuite);
  if (packages.includes(name)) return success([name]);
  const takes = `a layer or a Debian package that is in it, \`${whole}\` or \`toolchain\``;
  return failure(notHeld(name, [...layers, ...packages, whole, 'toolchain'], takes));
}

function notHeld(name: string, known: readonly string[], takes: string): Problem {
  const near = nearest(name, known);
  return {
    code: 'usage',
    what: `cargo-boxed.lock has no \`${printable(name, 60)}\``,
    why: `\`--update\` takes ${takes}`,
    fix: near === null ? '`cargo-boxed layers` shows the layers.' : `Did you mean \`${printable(near, 60)}\`?`,
  };
}
