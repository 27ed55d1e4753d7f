import { join } from 'node:path';
import { type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import type { DebianHost } from '../../environment/debian/debian-host.ts';
import { findDebianRoot } from '../../environment/debian/prepare-root.ts';
import { type Additions, areSameAdditions } from '../../layers/additions.ts';
import type { RootWish } from '../../layers/catalogue.ts';
import type { DebianPins, Pins } from '../../lock/pins.ts';
import { keptPins, readPins } from '../../lock/read-pins.ts';
import { writeOwnPins } from '../../lock/write-pins.ts';
import { exclusively } from '../pipeline/exclusively.ts';
import { forbiddenFolders } from '../pipeline/forbidden-folders.ts';
import type { Session } from '../session.ts';

export function debianHost(session: Session, config: Config, mountRoot: string): DebianHost {
  return {
    locations: session.locations,
    variables: session.host.variables,
    forbidden: forbiddenFolders(session, mountRoot),
    onProgress: ({ text, fraction }) => session.reporter.progress(text, fraction),
    signal: session.interruption.signal,
    snapshotMirror: config.snapshotMirror.value,
  };
}

/** Where the pins of an environment without layers are kept: one for all projects that have no lock of their own. */
export function defaultPinsFile(session: Session, suite: string): string {
  return join(session.locations.data, 'default', `${suite}-${session.host.architecture}.lock`);
}

/** Where the pins of the root are kept that fetches on a host without a toolchain: one for all projects. */
export function fetchPinsFile(session: Session): string {
  return join(session.locations.data, 'default', `fetch-${session.host.architecture}.lock`);
}

/** The base of a box with the configured suite. */
export function boxRoot({ suite }: Config): RootWish {
  return { kind: 'box', suite: suite.value };
}

/** The user's pins in `file`, made once if they are not there: by one process, while others wait and say so. */
export async function ownDebianPins(
  session: Session,
  config: Config,
  mountRoot: string,
  file: string,
  wish: RootWish,
): Promise<Result<DebianPins>> {
  const make = () => resolve(session, config, mountRoot, wish, remarks[wish.kind]);
  return makeOnce(session, file, () => readOwn(file, wish), make);
}

async function makeOnce(
  session: Session,
  file: string,
  read: () => Result<DebianPins | null>,
  make: () => Promise<Result<DebianPins>>,
): Promise<Result<DebianPins>> {
  const known = read();
  if (!known.ok || known.value !== null) return known as Result<DebianPins>;
  return exclusively(session, 'debian', making, async () => {
    const again = read();
    if (!again.ok || again.value !== null) return again as Result<DebianPins>;
    return keep(file, await make());
  });
}

const making = 'making the pins of an environment';

function keep(file: string, pins: Result<DebianPins>): Result<DebianPins> {
  if (!pins.ok) return pins;
  const written = writeOwnPins(file, { ...keptPins(file), debian: pins.value });
  return written.ok ? pins : written;
}

/** The user's pins in `file`, made anew: what is newest today, for all projects that have no lock of their own. */
export function refreshDebianPins(
  session: Session,
  config: Config,
  mountRoot: string,
  file: string,
  wish: RootWish,
): Promise<Result<DebianPins>> {
  return exclusively(session, 'debian', making, async () => {
    const known = readOwn(file, wish);
    const pins = await resolve(session, config, mountRoot, wish, remarks[wish.kind], known.ok ? known.value : null);
    return keep(file, pins);
  });
}

/**
 * Pins of a project's own in `file`: these on top of the base that all projects share. Made once, as above; what the base
 * is by then stays pinned with them.
 */
export async function ownAddedPins(
  session: Session,
  config: Config,
  mountRoot: string,
  file: string,
  additions: Additions,
): Promise<Result<DebianPins>> {
  const known = readAdded(file, config, additions);
  if (!known.ok || known.value !== null) return known as Result<DebianPins>;
  const base = await ownDebianPins(
    session,
    config,
    mountRoot,
    defaultPinsFile(session, config.suite.value),
    boxRoot(config),
  );
  if (!base.ok) return base;
  const make = () => add(session, config, mountRoot, base.value, additions);
  return makeOnce(session, file, () => readAdded(file, config, additions), make);
}

/** The same as of today, and not kept: what `file` has stays as it is, and is taken where today's is the same. */
export function freshAddedPins(
  session: Session,
  config: Config,
  mountRoot: string,
  file: string,
  base: DebianPins,
  additions: Additions,
): Promise<Result<DebianPins>> {
  return exclusively(session, 'debian', making, () => {
    const known = readAdded(file, config, additions);
    return add(session, config, mountRoot, base, additions, known.ok ? known.value : null);
  });
}

async function add(
  session: Session,
  config: Config,
  mountRoot: string,
  base: DebianPins,
  additions: Additions,
  known: DebianPins | null = null,
): Promise<Result<DebianPins>> {
  const named = [...additions.layers, ...additions.packages].join(', ');
  session.reporter.step(`Adding to the root of Debian ${base.suite}: ${named}`);
  const { addToPins } = await import('../../environment/debian/make-pins.ts');
  const { rootMaker } = await import('./root-maker.ts');
  const maker = await rootMaker(session, config, debianHost(session, config, mountRoot));
  return maker.ok ? addToPins(maker.value, base, additions, { now: new Date(), known }) : maker;
}

async function resolve(
  session: Session,
  config: Config,
  mountRoot: string,
  root: RootWish,
  remark = '',
  known: DebianPins | null = null,
): Promise<Result<DebianPins>> {
  session.reporter.step(`Resolving the packages of Debian ${root.suite}${remark}`);
  const { makeDebianPins } = await import('../../environment/debian/make-pins.ts');
  const wish = { root, machine: session.host.architecture, now: new Date(), known };
  const { rootMaker } = await import('./root-maker.ts');
  const maker = await rootMaker(session, config, debianHost(session, config, mountRoot));
  return maker.ok ? makeDebianPins(maker.value, wish) : maker;
}

/** The prepared root of these pins; made when it is not in the cache, by one process at a time. */
export async function debianRoot(
  session: Session,
  config: Config,
  mountRoot: string,
  pins: DebianPins,
): Promise<Result<string>> {
  const host = debianHost(session, config, mountRoot);
  const cached = findDebianRoot(host, pins.rootSha256);
  if (cached !== null) return success(cached.path);
  return exclusively(session, 'debian', 'preparing a root', async () => {
    session.reporter.step(`Preparing the root of Debian ${pins.suite}`);
    const { prepareDebianRoot } = await import('../../environment/debian/prepare-root.ts');
    const { rootMaker } = await import('./root-maker.ts');
    const maker = await rootMaker(session, config, host);
    if (!maker.ok) return maker;
    const root = await prepareDebianRoot(maker.value, pins);
    return root.ok ? success(root.value.path) : root;
  });
}

const remarks: Readonly<Record<RootWish['kind'], string>> = {
  box: ': once, for all projects without a lock',
  fetch: ': once, to fetch with, since this machine has no Rust toolchain',
};

function readOwn(file: string, { suite }: RootWish): Result<DebianPins | null> {
  const pins = readPins(file);
  if (!pins.ok) return pins;
  const debian = pins.value?.debian;
  return success(debian?.suite === suite && debian.added === undefined ? debian : null);
}

function readAdded(file: string, config: Config, additions: Additions): Result<DebianPins | null> {
  const pins = readPins(file);
  return pins.ok ? success(addedIn(pins.value, config, additions)) : pins;
}

/** Of pins that were read the ones of a root with exactly these; `null`: they are of another. */
export function addedIn(pins: Pins | null, { suite }: Pick<Config, 'suite'>, additions: Additions): DebianPins | null {
  const debian = pins?.debian;
  if (debian?.suite !== suite.value || debian.added === undefined) return null;
  return areSameAdditions({ layers: debian.layers, packages: debian.added.names }, additions) ? debian : null;
}
