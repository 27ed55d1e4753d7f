import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { failure, type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import type { BuiltEnvironment } from '../../environment/nix/build-environment.ts';
import { expressionSha256 } from '../../environment/nix/expression.ts';
import type { NixHost } from '../../environment/nix/nix-host.ts';
import type { NixWish, NixWishedToolchain } from '../../environment/nix/specification.ts';
import type { NixToolchain, OwnNix } from '../../facts/facts.ts';
import { findHostNetwork } from '../../fetch/find-host-network.ts';
import { cacheFolders } from '../../host/locations.ts';
import { sha256 } from '../../host/project-key.ts';
import { type Additions, noAdditions } from '../../layers/additions.ts';
import { nixToolchainDrift, ownNixDrift, sourceDrift } from '../../lock/lock-drift.ts';
import type { NixSourceName } from '../../lock/nix-archive.ts';
import type { NixPins, NixSource, OwnNixPins } from '../../lock/pins.ts';
import { keptPins, readPins } from '../../lock/read-pins.ts';
import { writeOwnPins } from '../../lock/write-pins.ts';
import { printable } from '../../problem/problem.ts';
import { exclusively } from '../pipeline/exclusively.ts';
import { forbiddenFolders } from '../pipeline/forbidden-folders.ts';
import type { Gathered } from '../pipeline/gather.ts';
import type { Session } from '../session.ts';

/** What an evaluation may take where the configuration sets no time for the box. */
const evaluationMs = 5 * 60 * 1000;

/** Where the pins of a Nix environment without layers are kept: for all projects with this toolchain and no own lock. */
export function defaultNixPinsFile(session: Session, toolchain: NixToolchain | null): string {
  const { architecture } = session.host;
  const name = toolchain === null ? architecture : `${architecture}-${toolchainWord(toolchain)}`;
  return join(session.locations.data, 'default', `nix-${name}.lock`);
}

function toolchainWord({ channel, profile, components, targets }: NixToolchain): string {
  return sha256(canonicalJson({ channel, profile, components, targets })).slice(0, 16);
}

/** What a Nix environment of this project has beyond the base: layers, and attributes of nixpkgs. */
export function nixAdditions({ config, facts }: Gathered, layers: readonly string[]): NixAdditions {
  const { ownNix: own, nixToolchain: toolchain } = facts;
  return { layers: [...layers].sort(), packages: config.nix.packages.value, own, toolchain };
}

/** What an environment has beyond the base, or what it has in the place of it. */
export interface NixAdditions extends Additions {
  readonly own: OwnNix | null;
  /** `null`: none; that of the machine is not of it. */
  readonly toolchain: NixToolchain | null;
}
export const noNixAdditions: NixAdditions = { ...noAdditions, own: null, toolchain: null };

/** What an environment is made of, where that is known already; `null`: as the configuration names it now. */
export interface NixSources {
  readonly nixpkgs: NixSource | null;
  readonly rustOverlay: NixSource | null;
}
export const noNixSources: NixSources = { nixpkgs: null, rustOverlay: null };

/** The user's pins in `file`, made once if they are not there. Making them builds the environment and its root. */
export async function ownNixPins(
  session: Session,
  config: Config,
  mountRoot: string,
  file: string,
  additions: NixAdditions,
): Promise<Result<NixPins>> {
  const known = readFitting(session, config, file, additions);
  if (known !== null) return success(known);
  return exclusively(session, 'nix', making, async () => {
    const again = readFitting(session, config, file, additions);
    if (again !== null) return success(again);
    const made = await makePins(session, config, mountRoot, additions, keptSources(session, config, file, additions));
    return made.ok ? keep(file, made.value) : made;
  });
}

const making = 'making a Nix environment';

/** Pins as of today, made of these sources. Nothing of them is kept. */
export function freshNixPins(
  session: Session,
  config: Config,
  mountRoot: string,
  additions: NixAdditions,
  sources: NixSources,
): Promise<Result<NixPins>> {
  return exclusively(session, 'nix', making, () => makePins(session, config, mountRoot, additions, sources));
}

/** What `file` pins, else what the user's own pins do: it changes when that is asked for. */
export function keptSources(
  session: Session,
  config: Config,
  file: string,
  { toolchain }: Pick<NixAdditions, 'toolchain'>,
): NixSources {
  const files = new Set([file, defaultNixPinsFile(session, toolchain), defaultNixPinsFile(session, null)]);
  const held = [...files].map((one) => {
    const pins = readPins(one);
    return fittingSources(config, (pins.ok ? pins.value?.nix : undefined) ?? null);
  });
  const first = (name: keyof NixSources) => held.map((one) => one[name]).find((one) => one !== null) ?? null;
  return { nixpkgs: first('nixpkgs'), rustOverlay: first('rustOverlay') };
}

/** Of these pins the sources that are where the configuration says. */
export function fittingSources({ nix }: Config, pins: NixPins | null): NixSources {
  const fitting = (name: NixSourceName, named: string | null, source: NixSource | undefined) =>
    source === undefined || sourceDrift(name, named, source).length > 0 ? null : source;
  return {
    nixpkgs: fitting('nixpkgs', nix.nixpkgs.value, pins?.nixpkgs),
    rustOverlay: fitting('rust-overlay', nix.rustOverlay.value, pins?.rustOverlay),
  };
}

/** The prepared root of these pins; made when it is not in the cache, by one process at a time. No Nix runs when it is. */
export async function nixRoot(
  session: Session,
  config: Config,
  mountRoot: string,
  pins: NixPins,
  own: OwnNix | null,
): Promise<Result<string>> {
  const { findNixRoot } = await import('../../environment/nix/find-root.ts');
  const roots = join(session.locations.cache, cacheFolders.roots);
  const cached = findNixRoot(roots, pins.environment);
  if (cached !== null) return success(cached);
  return exclusively(session, 'nix', making, async () => {
    const again = findNixRoot(roots, pins.environment);
    if (again !== null) return success(again);
    const host = await nixHost(session, config, mountRoot);
    if (!host.ok) return host;
    const made = await build(session, host.value, { ...pins, own, toolchain: wishedToolchain(pins) });
    if (!made.ok) return made;
    const { path } = made.value.environment;
    if (path === `/nix/store/${pins.environment}`) return success(made.value.root);
    return failure({
      code: 'checksum-mismatch',
      what: 'the Nix environment of the pins is not the pinned one',
      why: `expected ${pins.environment}, got ${path.slice('/nix/store/'.length)}`,
      fix: 'Run `cargo-boxed lock`: another release of cargo-boxed makes another environment.',
    });
  });
}

async function makePins(
  session: Session,
  config: Config,
  mountRoot: string,
  { layers, packages, own, toolchain }: NixAdditions,
  known: NixSources,
): Promise<Result<NixPins>> {
  const host = await nixHost(session, config, mountRoot);
  if (!host.ok) return host;
  const { resolveSource } = await import('../../environment/nix/resolve-source.ts');
  const resolve = (name: NixSourceName, held: NixSource | null, named: string | null) =>
    held === null ? resolveSource(host.value, name, named) : Promise.resolve(success(held));
  const nixpkgs = await resolve('nixpkgs', known.nixpkgs, config.nix.nixpkgs.value);
  if (!nixpkgs.ok) return nixpkgs;
  const overlay =
    toolchain === null ? success(null) : await resolve('rust-overlay', known.rustOverlay, config.nix.rustOverlay.value);
  if (!overlay.ok) return overlay;
  const wished = toolchain === null || overlay.value === null ? null : { ...toolchain, overlay: overlay.value };
  const wish: NixWish = {
    ...{ system: systemOf(session), nixpkgs: nixpkgs.value, layers, packages, own },
    toolchain: wished,
  };
  const made = await build(session, host.value, wish);
  if (!made.ok) return made;
  const { path, variables, toolchain: given } = made.value.environment;
  return success({
    ...{ system: wish.system, nixpkgs: nixpkgs.value, layers, packages },
    ...(wished === null || given === null ? {} : toolchainPins(wished, given)),
    ...(own === null ? {} : { own: ownPins(own) }),
    expressionSha256: expressionSha256(),
    environment: path.slice('/nix/store/'.length),
    variables,
  });
}

function toolchainPins(
  { overlay, channel, profile, components, targets }: NixWishedToolchain,
  given: NonNullable<BuiltEnvironment['toolchain']>,
): Pick<NixPins, 'rustOverlay' | 'toolchain'> {
  return { rustOverlay: overlay, toolchain: { channel, profile, components, targets, ...given } };
}

function wishedToolchain({ rustOverlay, toolchain }: NixPins): NixWishedToolchain | null {
  return rustOverlay === undefined || toolchain === undefined ? null : { ...toolchain, overlay: rustOverlay };
}

async function build(
  session: Session,
  host: NixHost,
  wish: NixWish,
): Promise<Result<{ readonly environment: BuiltEnvironment; readonly root: string }>> {
  const { own, toolchain } = wish;
  const named = [...(toolchain === null ? [] : [`Rust ${toolchain.channel}`]), ...wish.layers, ...wish.packages];
  const whose = own === null ? '' : ` of ${printable(own.path)}`;
  session.reporter.step(`Building the Nix environment${whose}${named.length === 0 ? '' : ` with ${named.join(', ')}`}`);
  const { buildEnvironment } = await import('../../environment/nix/build-environment.ts');
  const { makeNixRoot } = await import('../../environment/nix/make-root.ts');
  const built = await buildEnvironment(host, wish);
  if (!built.ok) return built;
  const root = await makeNixRoot(host, built.value);
  return root.ok ? success({ environment: built.value, root: root.value }) : root;
}

/** Nix on this machine, as this run may use it. */
async function nixHost(session: Session, config: Config, mountRoot: string): Promise<Result<NixHost>> {
  const { findNixPrograms } = await import('../../environment/nix/nix-host.ts');
  const { findStore } = await import('../../environment/nix/find-store.ts');
  const { variables } = session.host;
  const programs = findNixPrograms(variables, forbiddenFolders(session, mountRoot));
  if (!programs.ok) return programs;
  const { cache } = session.locations;
  return success({
    programs: programs.value,
    store: findStore(join(cache, cacheFolders.nix, 'store')),
    roots: join(cache, cacheFolders.roots),
    scratch: join(cache, cacheFolders.nix, 'scratch'),
    variables,
    certificates: findHostNetwork(variables, {}).certificates,
    offline: isOffline(session),
    timeMs: config.limits.wallClockMs.value ?? evaluationMs,
    project: mountRoot,
    fetches: config.nix.fetches.value,
    onProgress: (text) => session.reporter.progress(text),
    signal: session.interruption.signal,
  });
}

function isOffline({ invocation: { command } }: Session): boolean {
  const words = command.kind === 'cargo' ? [...command.globalArguments, ...command.arguments] : [];
  return words.includes('--offline') || words.includes('--frozen');
}

function systemOf({ host }: Session): string {
  return `${host.architecture}-linux`;
}

/** Of a project's own environment what a lock says: not the text. */
function ownPins({ kind, path, shell, sha256, fetches }: OwnNix): OwnNixPins {
  return { kind, path, shell, sha256, fetches };
}

function readFitting(
  session: Session,
  config: Config,
  file: string,
  { layers, packages, own, toolchain }: NixAdditions,
): NixPins | null {
  const pins = readPins(file);
  const nix = pins.ok ? pins.value?.nix : undefined;
  if (nix === undefined || nix.expressionSha256 !== expressionSha256() || nix.system !== systemOf(session)) return null;
  const sources = fittingSources(config, nix);
  const isMoved = sources.nixpkgs === null || (toolchain !== null && sources.rustOverlay === null);
  const isOther =
    nix.layers.join() !== layers.join() ||
    nix.packages.join() !== packages.join() ||
    ownNixDrift(nix.own ?? null, own).length > 0 ||
    nixToolchainDrift(nix.toolchain ?? null, toolchain).length > 0;
  return isMoved || isOther ? null : nix;
}

function keep(file: string, pins: NixPins): Result<NixPins> {
  const written = writeOwnPins(file, { ...keptPins(file), nix: pins });
  return written.ok ? success(pins) : written;
}
