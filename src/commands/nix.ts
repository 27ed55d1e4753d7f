import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import type { Config } from '../config/config.ts';
import type { BuiltEnvironment } from '../environment/nix/build-environment.ts';
import { expressionSha256 } from '../environment/nix/expression.ts';
import type { NixHost } from '../environment/nix/nix-host.ts';
import type { NixWish } from '../environment/nix/specification.ts';
import type { OwnNix } from '../facts/facts.ts';
import { findHostNetwork } from '../fetch/find-host-network.ts';
import { cacheFolders } from '../host/locations.ts';
import { type Additions, noAdditions } from '../layers/additions.ts';
import { nixDrift, ownNixDrift } from '../lock/lock-drift.ts';
import type { NixPins, NixSource, OwnNixPins } from '../lock/pins.ts';
import { keptPins, readPins } from '../lock/read-pins.ts';
import { writeOwnPins } from '../lock/write-pins.ts';
import { printable } from '../problem/problem.ts';
import { exclusively } from './exclusively.ts';
import { forbiddenFolders } from './forbidden-folders.ts';
import type { Gathered } from './gather.ts';
import type { Session } from './session.ts';

/** What an evaluation may take where the configuration sets no time for the box. */
const evaluationMs = 5 * 60 * 1000;

/** Where the pins of a Nix environment without layers are kept: one for all projects that have no lock of their own. */
export function defaultNixPinsFile(session: Session): string {
  return join(session.locations.data, 'default', `nix-${session.host.architecture}.lock`);
}

/** What a Nix environment of this project has beyond the base: layers, and attributes of nixpkgs. */
export function nixAdditions({ config, facts }: Gathered, layers: readonly string[]): NixAdditions {
  return { layers: [...layers].sort(), packages: config.nix.packages.value, own: facts.ownNix };
}

/** What an environment has beyond the base, or what it has in the place of it. */
export interface NixAdditions extends Additions {
  readonly own: OwnNix | null;
}
export const noNixAdditions: NixAdditions = { ...noAdditions, own: null };

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
    const source = keptSource(config, file) ?? keptSource(config, defaultNixPinsFile(session));
    const made = await makePins(session, config, mountRoot, additions, source);
    return made.ok ? keep(file, made.value) : made;
  });
}

const making = 'making a Nix environment';

/** Pins as of today. `source`: of that nixpkgs; `null`: of what the configuration names now. Nothing of them is kept. */
export function freshNixPins(
  session: Session,
  config: Config,
  mountRoot: string,
  additions: NixAdditions,
  source: NixSource | null,
): Promise<Result<NixPins>> {
  return exclusively(session, 'nix', making, () => makePins(session, config, mountRoot, additions, source));
}

/** The nixpkgs that `file` pins, as long as it is where the configuration says. */
export function keptSource(config: Config, file: string): NixSource | null {
  const pins = readPins(file);
  const nix = pins.ok ? pins.value?.nix : undefined;
  if (nix === undefined) return null;
  const same = { ...config, layers: { ...config.layers, value: nix.layers } };
  const named = { ...config.nix, packages: { ...config.nix.packages, value: nix.packages } };
  return nixDrift({ ...same, nix: named }, nix, []).length === 0 ? nix.nixpkgs : null;
}

/** The prepared root of these pins; made when it is not in the cache, by one process at a time. No Nix runs when it is. */
export async function nixRoot(
  session: Session,
  config: Config,
  mountRoot: string,
  pins: NixPins,
  own: OwnNix | null,
): Promise<Result<string>> {
  const { findNixRoot } = await import('../environment/nix/find-root.ts');
  const roots = join(session.locations.cache, cacheFolders.roots);
  const cached = findNixRoot(roots, pins.environment);
  if (cached !== null) return success(cached);
  return exclusively(session, 'nix', making, async () => {
    const again = findNixRoot(roots, pins.environment);
    if (again !== null) return success(again);
    const host = await nixHost(session, config, mountRoot);
    if (!host.ok) return host;
    const made = await build(session, host.value, { ...pins, own });
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
  { layers, packages, own }: NixAdditions,
  known: NixSource | null,
): Promise<Result<NixPins>> {
  const host = await nixHost(session, config, mountRoot);
  if (!host.ok) return host;
  const { resolveSource } = await import('../environment/nix/resolve-source.ts');
  const source = known === null ? await resolveSource(host.value, config.nix.nixpkgs.value) : success(known);
  if (!source.ok) return source;
  const wish: NixWish = { system: systemOf(session), nixpkgs: source.value, layers, packages, own };
  const made = await build(session, host.value, wish);
  if (!made.ok) return made;
  const { path, variables } = made.value.environment;
  return success({
    ...{ system: wish.system, nixpkgs: source.value, layers, packages },
    ...(own === null ? {} : { own: ownPins(own) }),
    expressionSha256: expressionSha256(),
    environment: path.slice('/nix/store/'.length),
    variables,
  });
}

async function build(
  session: Session,
  host: NixHost,
  { system, nixpkgs, layers, packages, own }: NixWish,
): Promise<Result<{ readonly environment: BuiltEnvironment; readonly root: string }>> {
  const named = [...layers, ...packages];
  const whose = own === null ? '' : ` of ${printable(own.path)}`;
  session.reporter.step(`Building the Nix environment${whose}${named.length === 0 ? '' : ` with ${named.join(', ')}`}`);
  const { buildEnvironment } = await import('../environment/nix/build-environment.ts');
  const { makeNixRoot } = await import('../environment/nix/make-root.ts');
  const built = await buildEnvironment(host, { system, nixpkgs, layers, packages, own });
  if (!built.ok) return built;
  const root = await makeNixRoot(host, built.value);
  return root.ok ? success({ environment: built.value, root: root.value }) : root;
}

/** Nix on this machine, as this run may use it. */
async function nixHost(session: Session, config: Config, mountRoot: string): Promise<Result<NixHost>> {
  const { findNixPrograms } = await import('../environment/nix/nix-host.ts');
  const { findStore } = await import('../environment/nix/find-store.ts');
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
  { layers, packages, own }: NixAdditions,
): NixPins | null {
  const pins = readPins(file);
  const nix = pins.ok ? pins.value?.nix : undefined;
  if (nix === undefined || nix.expressionSha256 !== expressionSha256() || nix.system !== systemOf(session)) return null;
  const wanted = { ...config, layers: { ...config.layers, value: layers } };
  const drift = nixDrift(
    { ...wanted, nix: { ...config.nix, packages: { ...config.nix.packages, value: packages } } },
    nix,
    [],
  );
  return drift.length === 0 && ownNixDrift(nix.own ?? null, own).length === 0 ? nix : null;
}

function keep(file: string, pins: NixPins): Result<NixPins> {
  const written = writeOwnPins(file, { ...keptPins(file), nix: pins });
  return written.ok ? success(pins) : written;
}
