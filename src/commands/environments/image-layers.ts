import { failure, type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import type { DockerEngine } from '../../engine/docker/create-docker-engine.ts';
import { checkAddedPins } from '../../environment/debian/check-pins.ts';
import { layDebs } from '../../environment/debian/deb-cache.ts';
import type { DebianHost } from '../../environment/debian/debian-host.ts';
import { imagePackages, installInImageScript } from '../../environment/debian/install-script.ts';
import { explainFailure } from '../../environment/debian/mmdebstrap-problems.ts';
import type { Scratch } from '../../environment/debian/scratch.ts';
import { neededSuite } from '../../environment/image/judge-system.ts';
import { readPackageList } from '../../environment/image/read-package-list.ts';
import type { PreparedImage } from '../../environment/image/resolve-image.ts';
import { type Additions, additionPackages } from '../../layers/additions.ts';
import { debianArchitecture } from '../../lock/debian-architecture.ts';
import type { AddedToImage, ImagePins } from '../../lock/pins.ts';
import { exclusively } from '../pipeline/exclusively.ts';
import type { Session } from '../session.ts';
import { debianHost } from './debian.ts';
import { bind, collect } from './debian-container.ts';
import { rootMaker } from './root-maker.ts';

/** What of these an image lacks, as of today's mirrors. Nothing of the image runs for it. */
export async function resolveOnImage(
  session: Session,
  config: Config,
  mountRoot: string,
  docker: DockerEngine,
  { pins, image }: { readonly pins: ImagePins; readonly image: PreparedImage },
  additions: Additions,
): Promise<Result<AddedToImage>> {
  const suite = neededSuite(pins.reference, pins.system);
  if (!suite.ok) return suite;
  const wanted = additionPackages(additions, suite.value);
  if (!wanted.ok) return wanted;
  const store = await docker.images();
  if (!store.ok) return store;
  const installed = await readPackageList(store.value, image.image.id);
  if (!installed.ok) return installed;
  const named = [...additions.layers, ...additions.packages].join(', ');
  session.reporter.step(`Adding to the image: ${named}`);
  const maker = await rootMaker(session, config, debianHost(session, config, mountRoot));
  if (!maker.ok) return maker;
  const { resolveAdded, snapshotTime } = await import('../../environment/debian/make-pins.ts');
  const architecture = debianArchitecture(session.host.architecture);
  const on = { suite: suite.value, architecture, installed: installed.value };
  const packages = await resolveAdded(maker.value, on, wanted.value);
  if (!packages.ok) return packages;
  return success({
    suite: suite.value,
    architecture,
    layers: additions.layers,
    names: additions.packages,
    snapshot: snapshotTime(new Date()),
    packages: packages.value,
  });
}

/**
 * The image with these packages, made once on this machine: they are installed in a container of it, without a network
 * and without the project, and what that changes is one layer on top of the pinned digest. Gives its id.
 */
export async function imageWithPackages(
  session: Session,
  config: Config,
  mountRoot: string,
  docker: DockerEngine,
  base: PreparedImage,
  { added, sum }: { readonly added: AddedToImage; readonly sum: string },
): Promise<Result<string>> {
  const checked = checkAddedPins(added);
  if (!checked.ok) return checked;
  const known = await docker.findMade(sum);
  if (!known.ok) return known;
  if (known.value !== null) return success(known.value);
  return exclusively(session, 'image-layers', 'adding packages to an image', async () => {
    const again = await docker.findMade(sum);
    if (!again.ok) return again;
    if (again.value !== null) return success(again.value);
    const maker = await rootMaker(session, config, debianHost(session, config, mountRoot));
    if (!maker.ok) return maker;
    const { fetchDebianPackages } = await import('../../environment/debian/fetch-packages.ts');
    const { makeScratch } = await import('../../environment/debian/scratch.ts');
    const fetched = await fetchDebianPackages(maker.value, added);
    if (!fetched.ok) return fetched;
    const sizeBytes = added.packages.reduce((total, one) => total + one.sizeBytes, 0);
    const scratch = await makeScratch(maker.value, sizeBytes + 1_000_000);
    if (!scratch.ok) return scratch;
    try {
      return await install(session, maker.value, docker, base, { added, sum, scratch: scratch.value });
    } finally {
      await scratch.value.remove();
    }
  });
}

async function install(
  session: Session,
  host: DebianHost,
  docker: DockerEngine,
  base: PreparedImage,
  { added, sum, scratch }: { readonly added: AddedToImage; readonly sum: string; readonly scratch: Scratch },
): Promise<Result<string>> {
  const count = added.packages.length;
  session.reporter.step(`Installing ${count} Debian packages on top of the image: once`);
  const { writeJob } = await import('../../environment/debian/scratch.ts');
  // These and no others: an image sees nothing of what other projects use.
  layDebs(host, added.packages, scratch.path);
  writeJob(scratch.path, { install: installInImageScript });
  const maker = {
    id: `${session.nextBox()}-image`,
    image: base.image.id,
    argv: ['/bin/sh', `${imagePackages}/install`],
    variables: {},
    mounts: [bind(scratch.path, imagePackages, 'read-only')],
    work: null,
    keptAs: sum,
  };
  const { signal } = session.interruption;
  const ended = await collect((streams) => docker.make(maker, streams, signal));
  const what = 'the packages could not be added to the image';
  if (ended.status !== 0) return failure(explainFailure(what, ended.startError ?? ended.stderr));
  const made = await docker.findMade(sum);
  if (!made.ok || made.value !== null) return made as Result<string>;
  return failure({ code: 'environment', what, why: 'the engine does not show it afterwards' });
}
