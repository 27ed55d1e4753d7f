import { Writable } from 'node:stream';
import maker from '../../../images/debian/maker.json' with { type: 'json' };
import { type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import type { DockerEngine } from '../../engine/docker/create-docker-engine.ts';
import type { BoxStreams, Outcome, ResolvedMount } from '../../engine/engine.ts';
import type { ContainerRun, ContainerWork, DebianContainer } from '../../environment/debian/debian-container.ts';
import { type DebianHost, toolVariables } from '../../environment/debian/debian-host.ts';
import { snapshotTime } from '../../environment/debian/make-pins.ts';
import { describeImage, readDebianImage } from '../../environment/debian/read-debian-image.ts';
import { resolveNames } from '../../environment/debian/resolve-packages.ts';
import { readPackageList } from '../../environment/image/read-package-list.ts';
import { prepareImage, resolveImage } from '../../environment/image/resolve-image.ts';
import { findHostNetwork } from '../../fetch/find-host-network.ts';
import { endWhenFull } from '../../host/end-when-full.ts';
import type { ProgramEnd } from '../../host/program.ts';
import { debianArchitecture } from '../../lock/debian-architecture.ts';
import type { MakerPins } from '../../lock/pins.ts';
import { readPins } from '../../lock/read-pins.ts';
import { writeOwnPins } from '../../lock/write-pins.ts';
import { noLimits } from '../../plan/box-plan.ts';
import type { Session } from '../session.ts';
import { onPull } from './on-pull.ts';

/** The pinned Debian image, ready to do what this machine cannot; its pins are made at the first use. */
export async function openDebianContainer(
  session: Session,
  config: Config,
  host: DebianHost,
  docker: DockerEngine,
  file: string,
): Promise<Result<DebianContainer>> {
  const reference = config.debianImage.value;
  const read = readPins(file);
  if (!read.ok) return read;
  const kept = read.value?.maker?.reference === reference ? read.value.maker : null;
  const store = await docker.images();
  if (!store.ok) return store;
  const pulled = kept === null ? await resolveImage(store.value, reference, onPull(session)) : success(kept);
  if (!pulled.ok) return pulled;
  const prepared = await prepareImage(store.value, pulled.value, onPull(session));
  if (!prepared.ok) return prepared;
  const programs = imagePrograms(session, docker, prepared.value.image.id);
  const said = await programs.run(['/bin/sh', '-c', describeImage], { variables: toolVariables(host), folders: [] });
  const image = readDebianImage(reference, said);
  if (!image.ok) return image;
  const { suite } = image.value;
  const named = { ...pulled.value, suite, snapshot: snapshotTime(new Date()), packages: [] };
  const container = { ...programs, image: image.value, pins: kept ?? named };
  if (kept !== null) return success(container);
  const listed = await readPackageList(store.value, prepared.value.image.id);
  if (!listed.ok) return listed;
  const wanted = { suite, architecture: debianArchitecture(session.host.architecture), installed: listed.value };
  const packages = await resolveNames({ ...host, container }, wanted, maker.packages);
  if (!packages.ok) return packages;
  const pins: MakerPins = { ...named, packages: packages.value };
  const written = writeOwnPins(file, { version: 1, maker: pins });
  return written.ok ? success({ ...container, pins }) : written;
}

/** Programs of an image, each in a container of its own that is gone afterwards. */
function imagePrograms(session: Session, docker: DockerEngine, image: string): Pick<DebianContainer, 'run' | 'make'> {
  const nextId = () => `${session.nextBox()}-debian`;
  const signal = session.interruption.signal;
  const certificates = findHostNetwork(session.host.variables, {}).certificates;
  const trusted = certificates === null ? [] : [bind(certificates, '/etc/ssl/certs/ca-certificates.crt', 'read-only')];
  return {
    run: (argv, { variables, folders }: ContainerRun) =>
      endWhenFull(folders, signal, (ending) =>
        collect((streams) =>
          docker.run(
            {
              id: nextId(),
              root: { kind: 'image', id: image },
              argv,
              workingDirectory: '/',
              variables,
              mounts: [
                ...trusted,
                ...folders.map((folder) => bind(folder, folder, 'read-write')),
                { kind: 'tmpfs', target: '/tmp', sizeBytes: null },
              ],
              network: 'host',
              devices: [],
              limits: noLimits,
              streams: 'pipes',
              uid: session.host.uid,
              gid: session.host.gid,
            },
            streams,
            ending,
          ),
        ),
      ),
    make: (argv, { variables, mounts, written, work, onText }: ContainerWork) =>
      collect((streams) => {
        const folders = Object.entries(mounts).map(([inside, folder]) =>
          bind(folder, inside, inside === written ? 'read-write' : 'read-only'),
        );
        return docker.make(
          { id: nextId(), image, argv, variables, mounts: folders, work, keptAs: null },
          streams,
          signal,
        );
      }, onText),
  };
}

export function bind(source: string, target: string, access: 'read-only' | 'read-write'): ResolvedMount {
  return { kind: 'bind', source, target, access };
}

/** Far more than any list of packages. */
const mostCharacters = 8 * 1024 * 1024;

/** A container's end as that of a program of this machine. */
export async function collect(
  run: (streams: BoxStreams) => Promise<Result<Outcome>>,
  onText: (text: string) => void = () => {},
): Promise<ProgramEnd> {
  const texts = { stdout: '', stderr: '' };
  const into = (name: keyof typeof texts) =>
    new Writable({
      write(piece: Buffer, _encoding, done) {
        const text = piece.toString('utf8');
        texts[name] = `${texts[name]}${text}`.slice(-mostCharacters);
        onText(text);
        done();
      },
    });
  const ended = await run({ stdin: 'none', stdout: into('stdout'), stderr: into('stderr') });
  const outcome = ended.ok ? ended.value : null;
  const problem = ended.ok ? null : ended.problems[0];
  return {
    ...texts,
    status: outcome?.kind === 'finished' ? outcome.status : null,
    signal: outcome?.kind === 'killed' ? outcome.signal : null,
    timedOut: false,
    startError: problem ? `${problem.what}: ${problem.why ?? ''}` : whyNotFinished(outcome),
  };
}

/** `null` where the program itself has ended, and says why by what it has printed. */
function whyNotFinished(outcome: Outcome | null): string | null {
  if (outcome?.kind === 'lost') return outcome.why;
  return outcome?.kind === 'limit' ? 'it came to no end in an hour' : null;
}
